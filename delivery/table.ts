import pc from "picocolors";

/** Prints rows in columns, the header bold on a terminal. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ");
  process.stdout.write(`${pc.bold(line(header))}\n${rows.map((row) => `${line(row)}\n`).join("")}`);
}
