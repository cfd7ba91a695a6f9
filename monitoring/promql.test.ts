import { describe, expect, it } from "@jest/globals";
import { buckets, observations, series, total } from "./promql.ts";

describe("a selector", () => {
  it("names a metric of the catalogue or of the platform, with its own labels and those of the target", () => {
    expect(series("http_requests_total", { job: "api", status: { matches: "5.." }, route: { matchesNot: "unmatched" } })).toBe('http_requests_total{job="api",status=~"5..",route!~"unmatched"}');
    expect(series("up")).toBe("up");
    expect(series("container_cpu_usage_seconds_total", { container: "api" })).toBe('container_cpu_usage_seconds_total{container="api"}');
  });

  it("reads a histogram by its buckets, its count and its sum", () => {
    expect(buckets("http_request_duration_seconds", { method: "GET" })).toBe('http_request_duration_seconds_bucket{method="GET"}');
    expect(observations("forecast_run_duration_seconds")).toBe("forecast_run_duration_seconds_count");
    expect(total("forecast_run_duration_seconds", { outcome: "completed" })).toBe('forecast_run_duration_seconds_sum{outcome="completed"}');
  });

  it("keeps quotes and backslashes of a value inside it", () => {
    expect(series("up", { instance: 'a"b\\c' })).toBe('up{instance="a\\"b\\\\c"}');
  });

  it("is a type error for what nobody emits", () => {
    // @ts-expect-error no such metric
    expect(series("http_request_total")).toBe("http_request_total");
    // @ts-expect-error no such label
    expect(series("http_requests_total", { url: "/" })).toContain("url");
    // @ts-expect-error a histogram has no series of its own name
    expect(series("http_request_duration_seconds")).toBe("http_request_duration_seconds");
    // @ts-expect-error a counter has no buckets
    expect(buckets("http_requests_total")).toContain("bucket");
  });
});
