import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { describe, expect, it } from "@jest/globals";
import { Registry } from "prom-client";
import { readConfig } from "./config.ts";
import { Flags } from "./flags.ts";

const content = (data: Record<string, string>) => ({ data, annotations: {} });

function newFlags(variables: Record<string, string> = {}) {
  const metrics = createMetrics(new Registry(), ["worker"]);
  const flags = new Flags(readConfig(variables), metrics);
  const counted = async () => (await metrics.feature_flag_evaluations_total.get()).values.map(({ labels, value }) => [labels.flag, labels.variant, labels.reason, value]);
  return { flags, counted };
}

describe("evaluations of flags", () => {
  it("are counted by flag, by the variant that was answered and by what decided it", async () => {
    const { flags, counted } = newFlags({ ML_MODEL_ENABLED: "false" });
    await flags.value("CROSS_DOCK_ENABLED");
    await flags.value("CROSS_DOCK_ENABLED");
    await flags.value("ML_MODEL_ENABLED");
    flags.take("overrides", content({ CROSS_DOCK_ENABLED: "false", STREAMING_BATCH_DELAY_MS: "125" }));
    await flags.value("CROSS_DOCK_ENABLED");
    await flags.value("STREAMING_BATCH_DELAY_MS");
    flags.take("rollouts", content({ packing: "flag: BIN_OPTIMIZATION_ALGORITHM\nvariant: bfd", "packing.status": "weight: 100" }));
    await flags.value("BIN_OPTIMIZATION_ALGORITHM");
    expect(await counted()).toEqual([
      ["CROSS_DOCK_ENABLED", "on", "definition", 2],
      ["ML_MODEL_ENABLED", "off", "environment", 1],
      ["CROSS_DOCK_ENABLED", "off", "override", 1],
      ["STREAMING_BATCH_DELAY_MS", "override", "override", 1],
      ["BIN_OPTIMIZATION_ALGORITHM", "bfd", "rollout", 1],
    ]);
  });

  it("show a staged rollout as two variants of its flag", async () => {
    const { flags, counted } = newFlags();
    flags.take("rollouts", content({ hybrid: "flag: ENABLE_HYBRID_FORECASTING\nvariant: off", "hybrid.status": "weight: 50" }));
    for (let item = 0; item < 200; item += 1) await flags.evaluate("ENABLE_HYBRID_FORECASTING", { targetingKey: `default:main:SKU-${item}` });
    const shares = await counted();
    expect(shares.map(([flag, variant, reason]) => [flag, variant, reason]).sort()).toEqual([["ENABLE_HYBRID_FORECASTING", "off", "rollout"], ["ENABLE_HYBRID_FORECASTING", "on", "rollout"]]);
    expect(shares.reduce((sum, [, , , count]) => sum + Number(count), 0)).toBe(200);
  });

  it("are not counted where a process only tells of itself", async () => {
    const { flags, counted } = newFlags();
    expect(await flags.ofProcess()).toContainEqual({ flag: "STREAMING_BATCH_DELAY_MS", variant: "delay-300" });
    expect(await counted()).toEqual([]);
  });
});
