import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { Registry } from "prom-client";
import { showNewestRuns } from "./run-metrics.ts";
import type { GroupAccuracy, RunSummary } from "./sql/finish-run.ts";

const accuracy: GroupAccuracy = { items: 20, backTested: 20, mape: 12, mapeItems: 18, wape: 10, medianMase: 0.8, maseItems: 2, highVarianceItems: 3 };
const summary: RunSummary = { thresholds: { mape: 20, itemMape: 30 }, overall: accuracy, byModel: {}, byCategory: {}, outliers: { items: 5, repeated: 4, formerMape: 40 } };
const finishedAt = new Date("2026-01-02T02:06:44Z");

describe("the gauges of the newest runs", () => {
  let registry: Registry;
  let show: (...summaries: RunSummary[]) => Promise<string[]>;
  beforeEach(() => {
    registry = new Registry();
    const metrics = createMetrics(registry, ["api", "worker"]);
    show = async (...summaries) => {
      showNewestRuns(summaries.map((of, index) => ({ tenant: `tenant-${index}`, finishedAt, summary: of })), metrics);
      return (await registry.metrics()).split("\n");
    };
  });

  it("show the tenant that is worst, not the sum of all: what is allowed is allowed to each run", async () => {
    const shown = await show(summary, { ...summary, overall: { ...accuracy, highVarianceItems: 7 }, outliers: { items: 9, repeated: 2, formerMape: 30 } });
    expect(shown).toEqual(expect.arrayContaining(["forecast_high_variance_items 7", "forecast_outlier_items 9", "forecast_outlier_items_repeated 4", "forecast_former_outliers_mape_percentage 40"]));
  });

  it("are there with a worst item that has no MAPE, as older releases stored it", async () => {
    const shown = await show({ ...summary, worstItems: [{ facility: "main", sku: "GONE", mape: null }, { facility: "main", sku: "WILD", mape: 61 }] });
    expect(shown.filter((line) => line.startsWith("forecast_worst_item"))).toEqual(['forecast_worst_item_mape_percentage{tenant="tenant-0",facility="main",sku="WILD"} 61']);
    expect(shown).toEqual(expect.arrayContaining(["forecast_accuracy_mape_percentage 12", `forecast_run_last_completed_timestamp_seconds ${finishedAt.getTime() / 1_000}`]));
  });
});
