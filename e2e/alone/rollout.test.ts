import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { biasedService } from "../support/biased-service.ts";
import { forecastctl } from "../support/forecastctl.ts";
import { RolloutBench } from "../support/rollout-bench.ts";
import { rolloutSettings } from "../support/rollout-stack.ts";
import { TestStack } from "../support/test-stack.ts";

const MINUTE = 60_000;

interface Plan {
  readonly weights: readonly number[];
  /** Targeting keys that take part; all of them by default. */
  readonly cohort?: string;
}

/** Seconds stand for hours: the machinery is the same, the durations are written down shorter. */
const plan = ({ weights, cohort }: Plan): string => `flag: ENABLE_HYBRID_FORECASTING
variant: "on"
owner: forecasting
interval: 2s
timeout: 10m
consecutiveFailures: 2
${cohort === undefined ? "" : `cohort: ["${cohort}"]\n`}steps:
${weights.map((weight) => `  - { weight: ${weight}, minimumDuration: 3s }`).join("\n")}
gates:
  - { kind: paired-error, name: accuracy, spread: 0.4 }
  - { kind: trigger, name: memory, trigger: memory, must: "<= 100" }
`;
const toAll = plan({ weights: [5, 25, 50, 100] });

describe("a staged rollout", () => {
  let stack: TestStack;
  let bench: RolloutBench;
  let folder: string;

  beforeAll(async () => {
    stack = await TestStack.create("e2e-rollouts");
    const up = await stack.up(await rolloutSettings());
    if (!up.ok) throw new Error(up.output);
    folder = await mkdtemp(join(tmpdir(), "rollouts-"));
    bench = await RolloutBench.on(stack);
    await bench.fill({ steady: 2_000, sparse: 8_000 });
  }, 10 * MINUTE);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await stack.remove();
  }, 10 * MINUTE);

  /** Starts a rollout from a file, as people do. */
  const start = async (name: string, text: string) => {
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, text);
    return bench.forecastctl(["start", file, "--reason", "test"]);
  };
  /** The steps that a rollout has gone through: weight and what. */
  const stepsOf = (status: RolloutStatus | undefined) => (status?.history ?? []).map(({ weight, what }) => [weight, what.split(",")[0]?.split(":")[0]]).filter(([, what]) => /^(step|complete)/.test(String(what)));
  const explainFile = (file: string) => forecastctl(["rollout", "explain", file, "--file", "--replay"]);
  const killControllers = () => stack.kubectl(["delete", "pods", "--selector", "app.kubernetes.io/component=rollout-controller", "--force", "--grace-period=0", "--wait=false"]);

  it("of hybrid forecasting over 10,000 items goes from 5 to 100 % by itself, never skips and never repeats a step, though both controllers are killed at every one", async () => {
    expect(await start("good", toAll)).toMatchObject({ code: 0 });
    expect(await forecastctl(["rollout", "lint", join(folder, "good.yaml")])).toMatchObject({ code: 0, output: expect.stringMatching(/^good: right\n.*accuracy/) });
    const watched = bench.watch("good");
    for (const step of [1, 2, 3]) {
      await bench.reaches("good", ({ status }) => status?.step === step && status.phase !== "spreading");
      await killControllers();
      await bench.run();
      // At the very moment of the promotion, too.
      await bench.reaches("good", ({ status }) => (status?.step ?? 0) > step);
      await killControllers();
    }
    const { status } = await bench.reaches("good", (shown) => shown.status?.phase === "completed");
    expect(stepsOf(status)).toEqual([[5, "step 1"], [25, "step 2"], [50, "step 3"], [100, "step 4"], [100, "complete"]]);
    expect(await watched).toMatchObject({ code: 0, output: expect.stringMatching(/5 %[\s\S]*25 %[\s\S]*50 %[\s\S]*completed/) });
    expect(await bench.forecastctl(["list"])).toMatchObject({ code: 0, output: expect.stringMatching(/good +ENABLE_HYBRID_FORECASTING +on +completed/) });
    const replayed = await bench.forecastctl(["explain", "good", "--decision", "2", "--replay"]);
    expect(replayed).toMatchObject({ code: 0, output: expect.stringMatching(/accuracy[\s\S]*paired t[\s\S]*Judged again from this record: the same bytes\./) });
  }, 15 * MINUTE);

  it("of two variants that are alike for the keys that take part passes, too", async () => {
    expect(await start("alike", plan({ weights: [100], cohort: "default:main:STEADY-*" }))).toMatchObject({ code: 0 });
    await bench.reaches("alike", ({ status }) => status?.phase === "observing");
    await bench.run();
    const { status } = await bench.reaches("alike", (shown) => shown.status?.phase === "completed");
    expect(stepsOf(status)).toEqual([[100, "step 1"], [100, "complete"]]);
  }, 6 * MINUTE);

  it("of a variant that is 20 % off is caught at its first step and taken back in every pod within 5 s; on-call's receiver gets the notification, and the record says why", async () => {
    await stack.kubectl(["set", "image", "deployment/worker", `worker=${await biasedService(1.2)}`]);
    await stack.kubectl(["rollout", "status", "deployment/worker", "--timeout=120s"]);
    expect(await start("worse", toAll)).toMatchObject({ code: 0 });
    await bench.reaches("worse", ({ status }) => status?.phase === "observing");
    await bench.run();
    const { status } = await bench.reaches("worse", (shown) => shown.status?.phase === "returned");
    expect(status).toMatchObject({ weight: 0, step: 1 });
    const [verdict, back] = (status?.history ?? []).slice(-2);
    expect([verdict?.what, back?.what]).toEqual([expect.stringMatching(/^go-back: a gate failed: accuracy: paired t/), "every pod has gone back"]);
    expect(Date.parse(back?.at ?? "") - Date.parse(verdict?.at ?? "")).toBeLessThanOrEqual(5_000);
    expect(await bench.toldOf("worse")).toMatchObject({ labels: { alertname: "RolloutFailed", severity: "critical", team: "forecasting" }, receiver: "forecasting-critical" });
    const explained = await bench.forecastctl(["explain", "worse", "--replay"]);
    expect(explained.output).toMatch(/go-back[\s\S]*fail accuracy[\s\S]*samples +\d+ exposed[\s\S]*p [\d.e-]+[\s\S]*query[\s\S]*the same bytes/);
    const record = join(folder, "record.json");
    await writeFile(record, (await bench.forecastctl(["explain", "worse", "--json"])).output);
    expect(await explainFile(record)).toMatchObject({ code: 0, output: explained.output });
  }, 6 * MINUTE);

  it("takes orders: a second rollout of the flag is refused, and one can be paused, resumed, promoted and aborted, each with its reason", async () => {
    expect(await start("steered", toAll)).toMatchObject({ code: 0 });
    await bench.reaches("steered", ({ status }) => status?.phase === "observing");
    expect(await start("rival", toAll)).toMatchObject({ code: 1, output: expect.stringContaining("The rollout steered stages ENABLE_HYBRID_FORECASTING already (observing at 5 %)") });
    expect(await bench.forecastctl(["pause", "steered", "--reason", "a holiday"])).toMatchObject({ code: 0 });
    await bench.reaches("steered", ({ status }) => status?.reason === "It is paused.");
    expect(await bench.forecastctl(["promote", "steered", "--reason", "now"])).toMatchObject({ code: 1, output: expect.stringContaining("is paused: resume it first") });
    await bench.forecastctl(["resume", "steered", "--reason", "back"]);
    // One request at a time.
    await bench.reaches("steered", ({ status }) => status?.history.some(({ what }) => what.startsWith("resumed by ")) === true);
    await bench.forecastctl(["promote", "steered", "--reason", "we know better"]);
    await bench.reaches("steered", ({ status }) => status?.weight === 25);
    await bench.forecastctl(["abort", "steered", "--reason", "enough"]);
    await killControllers();
    const { status } = await bench.reaches("steered", (shown) => shown.status?.phase === "returned");
    expect(status?.history.map(({ what }) => what)).toEqual(expect.arrayContaining([expect.stringMatching(/^paused by .+: a holiday$/), expect.stringMatching(/^step 2, because promoted by .+: we know better$/), expect.stringMatching(/^go-back: aborted by .+: enough$/)]));
  }, 3 * MINUTE);

  it("holds when Prometheus is stopped in the middle, then goes back, and never advances", async () => {
    // Its step would be over long before it goes back: only the missing verdict keeps it from advancing.
    const blind = toAll.replace("timeout: 10m", "timeout: 60s").replaceAll("3s }", "45s }").replace(/ {2}- \{ kind: paired.*\n/, "");
    expect(await start("blind", blind)).toMatchObject({ code: 0 });
    await bench.reaches("blind", ({ status }) => status?.phase === "observing");
    await stack.kubectl(["scale", "statefulset/prometheus", "--replicas=0"]);
    await stack.kubectl(["delete", "pod", "prometheus-0", "--force", "--grace-period=0", "--wait=false", "--ignore-not-found"]);
    const { status } = await bench.reaches("blind", (shown) => shown.status?.phase === "returned");
    expect(status?.history.map(({ weight }) => weight)).toEqual([0, 5, 0, 0]);
    expect(status?.history.at(-2)?.what).toMatch(/^go-back: no verdict for 60s: .*memory: Prometheus does not answer/);
    await stack.kubectl(["scale", "statefulset/prometheus", "--replicas=1"]);
  }, 3 * MINUTE);
});
