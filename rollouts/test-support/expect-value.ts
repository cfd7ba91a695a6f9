import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fillIn } from "../promql-metrics.ts";

/** A minute's value each, as promtool writes them. */
export type Series = Readonly<Record<string, string>>;

/**
 * Checks what Prometheus gives for an expression over the last five minutes of
 * some series, in the namespace `shop`; undefined: nothing.
 *
 * @param minute at which it is asked
 * @throws Error with what promtool says when it gives something else
 */
export async function expectValue(query: string, series: Series, value: number | undefined, minute = 5): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "promql-"));
  try {
    const expr = fillIn(query, { windowSeconds: 300, namespace: "shop" });
    const test = { interval: "1m", input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })), promql_expr_test: [{ expr, eval_time: `${minute}m`, exp_samples: value === undefined ? [] : [{ labels: "{}", value }] }] };
    await writeFile(join(folder, "test.json"), JSON.stringify({ tests: [test] }));
    await promisify(execFile)("promtool", ["test", "rules", join(folder, "test.json")]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
