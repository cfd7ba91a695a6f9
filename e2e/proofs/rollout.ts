import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { biasedService } from "../support/biased-service.ts";
import { RolloutBench } from "../support/rollout-bench.ts";
import { rolloutSettings } from "../support/rollout-stack.ts";
import { TestStack } from "../support/test-stack.ts";

// ENABLE_HYBRID_FORECASTING from 5 to 100 % on 10,000 items, with a real forecast
// run at every step; then the same with a model that is 20 % off, which must be
// caught at 5 or 25 %.

const items = Number(process.argv[3] ?? 10_000);
const text = `flag: ENABLE_HYBRID_FORECASTING
variant: "on"
owner: forecasting
interval: 2s
timeout: 30m
consecutiveFailures: 2
steps:
${[5, 25, 50, 100].map((weight) => `  - { weight: ${weight}, minimumDuration: 3s }`).join("\n")}
gates:
  - { kind: paired-error, name: accuracy, spread: 0.8 }
  - { kind: trigger, name: memory, trigger: memory, must: "<= 100" }
`;

const stack = await TestStack.create("proof-rollout");
const folder = await mkdtemp(join(tmpdir(), "proof-rollout-"));
try {
  const up = await stack.up(await rolloutSettings());
  if (!up.ok) throw new Error(up.output);
  const bench = await RolloutBench.on(stack);
  await bench.fill(items, 0.7);
  await lead(bench, "good");
  await stack.kubectl(["set", "image", "deployment/worker", `worker=${await biasedService(1.2)}`]);
  await stack.kubectl(["rollout", "status", "deployment/worker", "--timeout=120s"]);
  await lead(bench, "worse");
} finally {
  await rm(folder, { recursive: true, force: true });
  await stack.remove();
}

/** Leads a rollout to its end, with a forecast run at every step that compares. */
async function lead(bench: RolloutBench, name: "good" | "worse"): Promise<void> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, text);
  const { code, output } = await bench.forecastctl(["start", file, "--reason", "proof"]);
  if (code !== 0) throw new Error(output);
  for (const step of [1, 2, 3]) {
    const { status } = await bench.reaches(name, (shown) => shown.status?.step === step && shown.status.phase !== "spreading");
    if (status?.phase === "returning" || status?.phase === "returned") break;
    const began = Date.now();
    await bench.run();
    const after = await bench.reaches(name, (shown) => (shown.status?.step ?? 0) > step || shown.status?.weight === 0);
    const accuracy = after.status?.look?.gates.find(({ gate }) => gate === "accuracy");
    process.stdout.write(`${name}, step ${step}: run of ${items} items in ${Math.round((Date.now() - began) / 1_000)} s; ${accuracy?.exposed ?? 0} pairs; ${accuracy?.statement ?? "no look"}\n`);
    if (after.status?.weight === 0) break;
  }
  const { status } = await bench.reaches(name, (shown) => shown.status?.phase === "completed" || shown.status?.phase === "returned");
  process.stdout.write(`${name}: ${status?.phase ?? ""} at step ${status?.step ?? 0}; ${status?.reason ?? ""}\n`);
  if (name === "good" && status?.phase !== "completed") problem("the good variant was taken back");
  if (name === "worse" && (status?.phase !== "returned" || status.step > 2)) problem("the worse variant was not caught at 5 or 25 %");
  const replay = await bench.forecastctl(["explain", name, "--replay"]);
  if (replay.code !== 0) problem(replay.output);
}

function problem(text: string): void {
  process.stdout.write(`  PROBLEM: ${text}\n`);
  process.exitCode = 1;
}
