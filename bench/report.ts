/** The median of repeated measurements with their lowest and highest, for example `3.1 ms (2.9 to 3.6)`. */
export function spread(values: readonly number[], unit: string): string {
  const sorted = values.toSorted((a, b) => a - b);
  const show = (value: number | undefined) => (value ?? Number.NaN).toLocaleString("en", { maximumSignificantDigits: 3 });
  return `${show(sorted[Math.floor(sorted.length / 2)])} ${unit} (${show(sorted[0])} to ${show(sorted.at(-1))})`;
}

/** Prints rows as a Markdown table, to be pasted into docs/benchmarks.md. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  process.stdout.write(line(header) + line(header.map(() => "---")) + rows.map(line).join(""));
}
