import { describe, expect, it } from "@jest/globals";
import { inNamespace } from "./in-namespace.ts";

describe("an alert's expression on a dashboard", () => {
  it.each([
    ["max by (namespace) (pg_up)", 'max by (namespace) (pg_up{namespace="$namespace"})'],
    ['sum(rate(http_requests_total{status=~"5.."}[5m]))', 'sum(rate(http_requests_total{namespace="$namespace",status=~"5.."}[5m]))'],
    ["sum by (le) (rate(http_request_duration_seconds_bucket[5m]))", 'sum by (le) (rate(http_request_duration_seconds_bucket{namespace="$namespace"}[5m]))'],
    ["slo:latency:bad_ratio_1h / 0.05", 'slo:latency:bad_ratio_1h{namespace="$namespace"} / 0.05'],
  ])("is narrowed to one namespace: %s", (expression, narrowed) => {
    expect(inNamespace(expression)).toBe(narrowed);
  });

  it("is left alone where it asks for what is in no namespace of the stack", () => {
    const nodes = '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[10m]))';
    expect(inNamespace(nodes)).toBe(nodes);
  });
});
