/** What a variable of a dashboard asks for: the values of a label on the series of a selector. */
export interface LabelValues {
  readonly selector: string;
  readonly label: string;
}

/**
 * Reads `label_values(selector, label)`.
 *
 * @throws Error when it is something else
 */
export function parseLabelValues(query: string): LabelValues {
  const [, selector, label] = /^label_values\((.+),\s*(\w+)\)$/.exec(query) ?? [];
  if (selector === undefined || label === undefined) throw new Error(`Only label_values(selector, label) is known here, not: ${query}`);
  return { selector, label };
}
