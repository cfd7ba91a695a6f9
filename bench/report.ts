/** The middle one of repeated measurements; of an even number the upper one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of repeated measurements with their lowest and highest, for example `3.1 ms (2.9 to 3.6)`. */
export function spread(values: readonly number[], unit: string): string {
  const sorted = values.toSorted((a, b) => a - b);
  const show = (value: number | undefined) => (value ?? Number.NaN).toLocaleString("en", { maximumSignificantDigits: 3 });
  return `${show(median(values))} ${unit} (${show(sorted[0])} to ${show(sorted.at(-1))})`;
}

/** Prints rows as a Markdown table, to be pasted into docs/benchmarks.md. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  process.stdout.write(line(header) + line(header.map(() => "---")) + rows.map(line).join(""));
}
