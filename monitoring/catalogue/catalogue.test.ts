import { describe, expect, it } from "@jest/globals";
import { Registry } from "prom-client";
import { catalogue } from "./catalogue.ts";
import { createMetrics } from "./create-metrics.ts";
import type { MetricDefinition } from "./metric-definition.ts";

const definitions: [string, MetricDefinition][] = Object.entries(catalogue);

describe("metric catalogue", () => {
  it.each(definitions)("%s follows Prometheus naming", (name, definition) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith("_total")).toBe(definition.type === "counter" || name === "inventory_forecasts_total");
    if (definition.type === "histogram") expect(name).toMatch(/_seconds$/);
    expect(definition.help).not.toMatch(/\.$/);
  });

  it.each(definitions.filter(([, definition]) => definition.type === "histogram"))("%s has rising buckets", (_name, definition) => {
    const buckets = definition.type === "histogram" ? definition.buckets : [];
    expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
    expect(new Set(buckets).size).toBe(buckets.length);
  });

  it("gives one prom-client metric per entry", async () => {
    const registry = new Registry();
    createMetrics(registry, ["api", "worker", "rollout-controller"]);
    const names = (await registry.getMetricsAsJSON()).map((metric) => metric.name);
    expect(names.sort()).toEqual(Object.keys(catalogue).sort());
  });

  it("shows no value for a gauge that is unknown until something happened", async () => {
    const registry = new Registry();
    const metrics = createMetrics(registry, ["api", "worker"]);
    expect(await registry.getSingleMetricAsString("forecast_accuracy_mape_percentage")).not.toMatch(/^forecast_accuracy_mape_percentage/m);
    metrics.forecast_accuracy_mape_percentage.set(19.8);
    expect(await registry.getSingleMetricAsString("forecast_accuracy_mape_percentage")).toMatch(/^forecast_accuracy_mape_percentage 19.8$/m);
  });

  it("shows a counter with a closed set of series from the start, each at 0", async () => {
    const registry = new Registry();
    createMetrics(registry, ["worker"]);
    const text = await registry.getSingleMetricAsString("forecast_runs_total");
    expect(text.match(/^forecast_runs_total\{.*\} 0$/gm)).toHaveLength(4);
  });

  it("shows a histogram with a closed set of series from the start, so that its first value is an increase", async () => {
    const registry = new Registry();
    createMetrics(registry, ["worker"]);
    const text = await registry.getSingleMetricAsString("forecast_run_duration_seconds");
    expect(text.match(/^forecast_run_duration_seconds_count\{outcome="\w+"\} 0$/gm)).toHaveLength(2);
  });

  it("exposes what the process's role emits and nothing else", async () => {
    const registry = new Registry();
    createMetrics(registry, ["api"]).inventory_forecasts_total.inc({ model: "croston" });
    const text = await registry.metrics();
    expect(text).toContain("import_rows_total");
    expect(text).not.toContain("inventory_forecasts_total");
  });

  it("names no tenant, facility or item on the API's port, where everybody may ask", () => {
    const personal = (labels: object) => ["tenant", "facility", "sku"].some((label) => label in labels);
    const naming = definitions.filter(([, { labels }]) => personal(labels));
    expect(naming.length).toBeGreaterThan(0);
    expect(naming.filter(([, { emittedBy }]) => emittedBy.includes("api")).map(([name]) => name)).toEqual([]);
  });

  it("refuses a label that the catalogue does not name", () => {
    const metrics = createMetrics(new Registry(), ["api"]);
    // @ts-expect-error the label `url` is not in the catalogue
    expect(() => metrics.http_requests_total.inc({ url: "/x" })).toThrow("url");
  });
});
