import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "@jest/globals";
import { fillIn } from "./promql-metrics.ts";
import { type TriggerName, triggers } from "./triggers.ts";

const answers = (status: string) => `http_requests_total{namespace="shop", job="api", method="GET", route="/api/items", status="${status}"}`;

/** What Prometheus gives for a trigger five minutes into some series; undefined: nothing. */
async function expectValue(name: TriggerName, series: Readonly<Record<string, string>>, value: number | undefined): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "triggers-"));
  try {
    const expr = fillIn(triggers[name].query, { windowSeconds: 300, namespace: "shop" });
    const test = { interval: "1m", input_series: Object.entries(series).map(([name_, values]) => ({ series: name_, values })), promql_expr_test: [{ expr, eval_time: "5m", exp_samples: value === undefined ? [] : [{ labels: "{}", value }] }] };
    await writeFile(join(folder, "test.json"), JSON.stringify({ tests: [test] }));
    await promisify(execFile)("promtool", ["test", "rules", join(folder, "test.json")]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

it.each<[string, TriggerName, Readonly<Record<string, string>>, number | undefined]>([
  ["no share of errors where nobody was ever answered with one", "error-rate", { [answers("200")]: "0+60x5" }, 0],
  ["a share of errors", "error-rate", { [answers("200")]: "0+60x5", [answers("503")]: "0+20x5" }, 25],
  ["no errors where nobody was ever answered with one", "critical-errors", { [answers("200")]: "0+60x5" }, 0],
  ["errors", "critical-errors", { [answers("200")]: "0+60x5", [answers("500")]: "0+1x5" }, 5],
  ["nothing of errors where nothing is known of the service", "error-rate", {}, undefined],
  ["nothing of the service's worst errors where nothing is known of it", "critical-errors", {}, undefined],
])("a trigger tells %s", async (_what, name, series, value) => {
  await expect(expectValue(name, series, value)).resolves.toBeUndefined();
});
