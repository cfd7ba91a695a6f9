import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { platformMetrics } from "@forecast-stack/monitoring/platform-metrics.ts";
import { z } from "zod";

const answerSchema = z.object({ data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }) });

/**
 * Writes down one series of every metric that others than the service emit, as
 * a Prometheus of a running stack has it:
 * `node alerts/test-support/capture-series.ts http://10.208.0.1:30490`.
 * The promtool cases are made of these label sets. A metric that the stack has
 * not got now (`rare` ones) keeps what was captured before.
 */
const [prometheus = ""] = process.argv.slice(2);
const file = join(import.meta.dirname, "live-series.json");
const { default: before } = (await import(file, { with: { type: "json" } }).catch(() => ({ default: {} }))) as { default: Record<string, Record<string, string>> };

const jobs = ["api", "worker", "rollout-controller"].map((job): [string, string] => [`up:${job}`, `up{job="${job}"}`]);
const captured = await Promise.all(
  [...jobs, ...Object.keys(platformMetrics).map((name): [string, string] => [name, name])].map(async ([key, query]) => {
    const response = await fetch(`${prometheus}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
    const { data } = answerSchema.parse(await response.json());
    const labels = Object.entries(data.result[0]?.metric ?? before[key] ?? {}).filter(([label]) => label !== "__name__");
    return [key, Object.fromEntries(labels)] as const;
  }),
);
await writeFile(file, `${JSON.stringify(Object.fromEntries(captured.filter(([, labels]) => Object.keys(labels).length > 0)), undefined, 2)}\n`);
