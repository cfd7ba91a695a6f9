/** The value of a JSON text, or undefined when it is none. */
export function valueOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
