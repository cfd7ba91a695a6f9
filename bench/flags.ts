import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { FlagSet } from "@forecast-stack/flags/flag-set.ts";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Registry } from "prom-client";
import { readConfig } from "../app/src/platform/config.ts";
import { Flags } from "../app/src/platform/flags.ts";
import { stackEnvironment } from "../local/stack/environment.ts";
import { ReaderPods } from "./reader-pods.ts";
import { spread, table } from "./report.ts";

// How long a patch of the overrides takes to be the answer of ten pods on the
// embedded cluster, each measured in the pod itself; and what an evaluation costs.

const NAMESPACE = "bench-flags";
const READERS = 10;
const TOGGLES = 200;
const EVALUATIONS = 100_000;
const REPEATS = 3;

await propagation();
await evaluation();
process.exit(0);

async function propagation(): Promise<void> {
  Object.assign(process.env, stackEnvironment(process.env["PATH"] ?? ""));
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const api = kubeConfig.makeApiClient(CoreV1Api);
  const pods = await ReaderPods.start(NAMESPACE, READERS);
  try {
    const slowest: number[] = [];
    const all: number[] = [];
    for (let toggle = 1; toggle <= TOGGLES; toggle += 1) {
      const sent = performance.timeOrigin + performance.now();
      await api.patchNamespacedConfigMap({ name: flagConfigMaps.overrides, namespace: NAMESPACE, body: { data: { STREAMING_BATCH_DELAY_MS: String(toggle) } } }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
      const times = await pods.answered(toggle, sent);
      all.push(...times);
      slowest.push(Math.max(...times));
    }
    table(
      [`${TOGGLES} patches, ${READERS} pods`, "p50", "p95", "p99", "slowest"],
      [["until a pod answers anew", all] as const, ["until the last pod does", slowest] as const].map(([name, times]) => [name, ...[0.5, 0.95, 0.99, 1].map((share) => `${quantile(times, share).toFixed(1)} ms`)]),
    );
  } finally {
    await pods.remove();
  }
}

async function evaluation(): Promise<void> {
  const rollouts = { data: { hybrid: "flag: ENABLE_HYBRID_FORECASTING\nvariant: on\n", "hybrid.status": "weight: 25\n" }, annotations: {} };
  const keys = Array.from({ length: 1_000 }, (_, index) => `default:main:SKU-${index}`);
  const set = new FlagSet({ definitions, environment: "production", variables: {} });
  set.take("rollouts", rollouts);
  const flags = new Flags(readConfig({ NODE_ENV: "production" }), createMetrics(new Registry(), ["api"]));
  flags.take("rollouts", rollouts);
  const ofCore = await measured((key) => set.core.resolveBooleanEvaluation("ENABLE_HYBRID_FORECASTING", false, { targetingKey: key }, console));
  const ofClient = await measured((key) => flags.evaluate("ENABLE_HYBRID_FORECASTING", { targetingKey: key }));
  table([`${EVALUATIONS} evaluations at 25 %`, "CPU time of one"], [["flagd's evaluator", spread(ofCore, "µs")], ["through OpenFeature, counted", spread(ofClient, "µs")]]);

  async function measured(evaluate: (key: string) => unknown): Promise<number[]> {
    const times: number[] = [];
    for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
      const began = process.cpuUsage();
      for (let index = 0; index < EVALUATIONS; index += 1) await evaluate(keys[index % keys.length] ?? "");
      // The first round is for the compiler.
      const { user, system } = process.cpuUsage(began);
      if (repeat > 0) times.push((user + system) / EVALUATIONS);
    }
    return times;
  }
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
}
