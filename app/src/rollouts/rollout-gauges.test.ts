import { describe, expect, it } from "@jest/globals";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { readRollout } from "@forecast-stack/rollouts/read-rollout.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { freshStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { Registry } from "prom-client";
import { forgetRollouts, showRollout } from "./rollout-gauges.ts";

function specOf(flag: string, gate: string): RolloutSpec {
  const reading = readRollout(definitions, "any", `flag: ${flag}\nvariant: "on"\nowner: forecasting\nsteps: [{ weight: 100, minimumDuration: 24h }]\ngates: [{ kind: trigger, name: ${gate}, trigger: memory }]\n`);
  if (!("spec" in reading)) throw new Error(JSON.stringify(reading.problems));
  return reading.spec;
}

describe("what is shown of rollouts", () => {
  const [one, other] = [specOf("ENABLE_HYBRID_FORECASTING", "memory"), specOf("ENABLE_PREDICTIVE_PREFETCH", "memory")];

  function shown() {
    const registry = new Registry();
    const metrics = createMetrics(registry, ["rollout-controller"]);
    for (const [name, spec] of [["one", one], ["other", other]] as const) {
      metrics.rollout_invalid.set({ rollout: name }, 0);
      metrics.rollout_samples.set({ rollout: name, gate: "memory", side: "exposed" }, 7);
      showRollout(metrics, name, spec, freshStatus("", new Date()), new Date());
    }
    return { metrics, series: async () => (await registry.metrics()).split("\n").filter((line) => /^rollout_.*\{.*rollout="/.test(line)) };
  }

  it("stays as it is while they are there", async () => {
    const { metrics, series } = shown();
    const before = await series();
    await forgetRollouts(metrics, [{ name: "one", spec: one }, { name: "other", spec: other }]);
    expect(await series()).toEqual(before);
  });

  it("is nothing of one that is gone, while the other stays", async () => {
    const { metrics, series } = shown();
    const before = await series();
    await forgetRollouts(metrics, [{ name: "other", spec: other }]);
    expect(await series()).toEqual(before.filter((line) => line.includes('rollout="other"')));
    await forgetRollouts(metrics, []);
    expect(await series()).toEqual([]);
  });

  it("is nothing of a flag or a gate that it no longer has, and only that it is invalid when it cannot be read", async () => {
    const { metrics, series } = shown();
    await forgetRollouts(metrics, [{ name: "one", spec: specOf("ENABLE_PREDICTIVE_PREFETCH", "another") }, { name: "other", spec: undefined }]);
    const left = await series();
    expect(left.filter((line) => /^rollout_(weight_percent|samples)/.test(line))).toEqual([]);
    expect(left.filter((line) => line.includes('rollout="other"'))).toEqual(['rollout_invalid{rollout="other"} 0']);
    expect(left.filter((line) => line.startsWith("rollout_phase{") && line.includes('rollout="one"'))).not.toEqual([]);
  });
});
