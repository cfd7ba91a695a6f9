/**
 * Spreadsheets run a cell that begins with one of = + - @ (or their full-width
 * forms) as a formula. Texts of the exports therefore get an apostrophe before
 * such a beginning, which makes it a text, and the imports take one away again:
 * what is exported is imported as it was. Numbers stay as they are.
 * See OWASP, CSV Injection.
 */
const formula = /^'*[=+\-@＝＋－＠]/;
const escaped = /^'+[=+\-@＝＋－＠]/;

/** `=1+1` becomes `'=1+1`; a text that looks escaped already gets one more. */
export function escapeFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** The inverse of `escapeFormula`. */
export function unescapeFormula(text: string): string {
  return escaped.test(text) ? text.slice(1) : text;
}
