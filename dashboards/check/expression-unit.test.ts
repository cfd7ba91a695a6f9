import { describe, expect, it } from "@jest/globals";
import { unitsOf } from "./expression-unit.ts";
import { grafanaUnits } from "./grafana-unit.ts";

describe("the unit of an expression", () => {
  it.each([
    ["up", ["none"]],
    ["max(process_resident_memory_bytes)", ["bytes"]],
    ["sum by (route) (rate(http_requests_total[5m]))", ["ops", "reqps"]],
    ["60 * rate(database_slow_queries_total[5m])", ["opm"]],
    ["increase(http_requests_total[1h])", ["none"]],
    ["rate(process_cpu_seconds_total[5m])", ["percentunit", "none"]],
    ["rate(forecast_run_duration_seconds_sum[5m]) / rate(forecast_run_duration_seconds_sum[5m])", ["percentunit", "none"]],
    ["histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", ["s"]],
    ["time() - max(forecast_run_last_completed_timestamp_seconds)", ["s"]],
    ["1 - slo:availability:bad_ratio_30d / 0.001", ["percentunit", "none"]],
    ["avg_over_time(service:api_up[2d])", ["percentunit", "none"]],
    ["max(forecast_accuracy_mape_percentage) > bool 20", ["none"]],
    ["max(process_memory_used_ratio) or max(process_resident_memory_bytes)", ["none"]],
    ["max(forecast_run_last_completed_timestamp_seconds)", []],
  ])("%s", (expression, units) => {
    expect(grafanaUnits(unitsOf(expression))).toEqual(units);
  });

  it.each([
    ["a sum of unlike things", "process_resident_memory_bytes + process_memory_used_ratio", "bytes and ratio do not go together"],
    ["a quotient that means nothing", "process_resident_memory_bytes / time()", "bytes by timestamp"],
    ["a percentile of what is no histogram", "histogram_quantile(0.9, up)", "There is no histogram in up"],
    ["a metric that nobody emits", "rate(http_request_total[5m])", "Nobody emits or records http_request_total"],
    ["a bracket that is never closed", "sum(rate(up[5m])", "PromQL error"],
    ["nothing", "", "PromQL error"],
  ])("is an error for %s", (_case, expression, message) => {
    expect(() => unitsOf(expression)).toThrow(message);
  });
});
