import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { escapeFormula, unescapeFormula } from "./csv-formula.ts";

describe("cells that spreadsheets would run", () => {
  it.each([
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+5 V regulator", "'+5 V regulator"],
    ["-40 tape", "'-40 tape"],
    ["@home", "'@home"],
    ["＝1", "'＝1"],
    ["'=1", "''=1"],
  ])("%s is exported as %s", (text, cell) => {
    expect(escapeFormula(text)).toBe(cell);
  });

  it.each(["'s-Hertogenbosch", "12-inch", "a=b", ""])("%s is exported as it is", (text) => {
    expect(escapeFormula(text)).toBe(text);
  });

  it("come back as they were", () => {
    const start = fc.constantFrom("", "'", "''", "=", "'=", "''-", "＠");
    fc.assert(fc.property(start, fc.string(), (prefix, rest) => {
      const text = prefix + rest;
      expect(unescapeFormula(escapeFormula(text))).toBe(text);
      expect(escapeFormula(text)).not.toMatch(/^[=+\-@]/);
    }));
  });
});
