import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type History, startPrometheus, type TestPrometheus } from "@forecast-stack/alerts/test-support/prometheus.ts";
import { endpointAt } from "../alerts/alertmanager.ts";
import { Prometheus } from "@forecast-stack/monitoring/validation/prometheus.ts";
import type { ReleaseWindow, Span } from "@forecast-stack/monitoring/validation/release-window.ts";
import type { ReportedLine, ValidationReport } from "@forecast-stack/monitoring/validation/report.ts";
import { validateRelease } from "@forecast-stack/monitoring/validation/validate-release.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Midnight: release 6. Two days before it is release 5, two days after it release 7. */
const six = Date.UTC(2026, 2, 2) / 1_000;
const [five, seven] = [six - 2 * DAY, six + 2 * DAY];
const end = seven + 2 * DAY;

const labels = (job: string, pod: string, rest = ""): string => `{namespace="forecast-dev",job="${job}",pod="${pod}"${rest}}`;

/** Runs end at 02:06 every day; that of `bad` days is poor. */
const runEnds = (at: number): number => Math.floor((at - 2 * HOUR - 360) / DAY) * DAY + 2 * HOUR + 360;
const counted = (from: number, perSecond: number) => (at: number) => (at < from ? undefined : (at - from) * perSecond);

/**
 * A release has pods of its own. Release 5 is fair and grows no reason for
 * complaint; 6 is good; 7 is bad: one request of its second day is answered
 * with 500, its cache misses 1.5 % for an hour, and it is away for ten minutes.
 */
function history(): History {
  const during = (from: number, to: number, value: (at: number) => number | undefined) => (at: number) => (at >= from && at < to ? value(at) : undefined);
  const all: Record<string, (at: number) => number | undefined> = {
    [`up${labels("prometheus", "prometheus-0")}`]: () => 1,
    [`forecast_run_last_completed_timestamp_seconds${labels("api", "api-0")}`]: runEnds,
    [`forecast_accuracy_mape_percentage${labels("api", "api-0")}`]: (at) => (runEnds(at) > seven ? 21.5 : 19),
    [`forecast_outlier_items${labels("api", "api-0")}`]: () => 3,
    [`forecast_outlier_items_repeated${labels("api", "api-0")}`]: () => 2,
    [`forecast_former_outliers_mape_percentage${labels("api", "api-0")}`]: () => 23,
    [`forecast_watchdog_interventions_total${labels("worker", "worker-0", ',kind="stalled-run"')}`]: () => 0,
    [`http_requests_total${labels("api", "api-7", ',method="GET",route="/api/items",status="500"')}`]: during(seven + DAY, end, () => 1),
  };
  for (const [release, from, to] of [[5, five, six], [6, six, seven], [7, seven, end]] as const) {
    const api = `api-${release}`;
    const worker = `worker-${release}`;
    const away = (at: number): boolean => release === 7 && at >= seven + 5 * HOUR && at < seven + 5 * HOUR + 600;
    const alive = (value: (at: number) => number | undefined) => during(from, to, (at) => (away(at) ? undefined : value(at)));
    const badHour = (at: number): number => (release === 7 ? Math.min(HOUR, Math.max(0, at - (seven + 3 * HOUR))) : 0);
    all[`up${labels("api", api)}`] = during(from, to, (at) => (away(at) ? 0 : 1));
    all[`process_memory_used_ratio${labels("worker", worker)}`] = alive((at) => (release === 6 ? 0.58 : 0.57) + (at - runEnds(at) < 900 ? 0.02 : 0));
    all[`http_requests_total${labels("api", api, ',method="GET",route="/api/items",status="200"')}`] = alive(counted(from, 2));
    all[`cache_hits_total${labels("api", api, ',cache="lists"')}`] = alive((at) => (at - from) * 0.998 - badHour(at) * 0.03);
    all[`cache_misses_total${labels("api", api, ',cache="lists"')}`] = alive((at) => (at - from) * 0.002 + badHour(at) * 0.03);
    for (const [le, share] of [["0.01", 0.9], ["0.02", 0.97], ["0.05", 1], ["+Inf", 1]] as const) {
      all[`http_request_duration_seconds_bucket${labels("api", api, `,method="GET",route="/api/items",status="200",le="${le}"`)}`] = alive(counted(from, 2 * share));
    }
    all[`http_request_duration_seconds_count${labels("api", api, ',method="GET",route="/api/items",status="200"')}`] = alive(counted(from, 2));
    const runs = (at: number): number => Math.max(0, Math.floor((runEnds(at) - from) / DAY) + 1);
    for (const le of ["60", "84", "120", "+Inf"]) all[`forecast_run_duration_seconds_bucket${labels("worker", worker, `,outcome="completed",le="${le}"`)}`] = alive((at) => (le === "60" ? 0 : runs(at)));
    all[`forecast_run_duration_seconds_count${labels("worker", worker, ',outcome="completed"')}`] = alive(runs);
    all[`forecast_runs_above_target_total${labels("worker", worker)}`] = alive((at) => (release === 7 ? runs(at) : 0));
    for (const le of ["2.5", "5", "+Inf"]) all[`cache_preload_duration_seconds_bucket${labels("worker", worker, `,reason="run",le="${le}"`)}`] = alive((at) => (le === "2.5" ? 0 : runs(at)));
    all[`cache_preload_duration_seconds_count${labels("worker", worker, ',reason="run"')}`] = alive(runs);
    for (const le of ["10", "30", "+Inf"]) all[`cache_preload_duration_seconds_bucket${labels("worker", worker, `,reason="peak",le="${le}"`)}`] = alive((at) => (le === "10" ? 0 : runs(at)));
    all[`cache_preload_duration_seconds_count${labels("worker", worker, ',reason="peak"')}`] = alive(runs);
  }
  all[`ALERTS{alertname="ServiceDown",alertstate="firing",severity="critical",namespace="forecast-dev"}`] = during(seven + 5 * HOUR + 120, seven + 5 * HOUR + 600, () => 1);
  return all;
}

describe("the validation of a release, by a Prometheus with a history of six days", () => {
  let prometheus: TestPrometheus;
  let source: Prometheus;

  beforeAll(async () => {
    prometheus = await startPrometheus({ history: { series: history(), from: five, to: end, step: 60 } });
    source = new Prometheus(endpointAt(prometheus.url, undefined));
  }, 90_000);
  afterAll(() => prometheus.close());

  const window = (release: number, span: Span, changes: Partial<ReleaseWindow> = {}): ReleaseWindow => ({ release, message: "", span, missing: 0, cutShort: null, before: { release: release - 1, span: { from: span.from - 2 * DAY, to: span.from } }, ...changes });
  const validate = (one: ReleaseWindow, strict = false): Promise<ValidationReport> => validateRelease(source, { stack: "dev", namespace: "forecast-dev", window: one, strict, now: end });
  const lineOf = (report: ValidationReport, name: string): ReportedLine | undefined => report.lines.find((line) => line.name === name);

  it("is GO for a release that keeps all of the watch list, with the evidence of every line", async () => {
    const report = await validate(window(6, { from: six, to: seven }));
    expect({ decision: report.decision, reasons: report.reasons }).toEqual({ decision: "GO", reasons: [] });
    expect(report.score).toBeGreaterThanOrEqual(99.5);
    const values = Object.fromEntries(report.lines.map(({ name, value }) => [name, value === null ? null : Number(value.toFixed(4))]));
    expect(values).toEqual({
      "cache-hit-rate": 0.998,
      "peak-memory": 0.6,
      mape: 19,
      "latency-p95": expect.closeTo(0.0171, 3),
      "run-duration": 84,
      "preload-duration": 5,
      "high-variance-items": 3,
      "critical-errors": 0,
      uptime: 1,
      watchdog: 0,
      "rollback-triggers": 0,
      "run-duration-target": 84,
      "cache-hit-rate-target": 0.998,
      "prefetch-duration": 30,
      "peak-misses": 0.002,
      "memory-growth": expect.closeTo(1.6949, 3),
      "outliers-target": 3,
      "former-outliers-mape": 23,
    });
    for (const { query, span, verdict } of report.lines) expect({ query: query.length > 0, span, verdict }).toEqual({ query: true, span: { from: six, to: seven }, verdict: "pass" });
    expect(report.runs).toMatchObject([{ endedAt: six + 2 * HOUR + 360, mape: 19, outliers: 3, repeated: 2, peakMemory: expect.closeTo(0.6) }, { endedAt: six + DAY + 2 * HOUR + 360 }]);
    expect(report.anomalies).toEqual([]);
  }, 60_000);

  it("is NO-GO for a release that does not, and says what stands out and since when", async () => {
    const report = await validate(window(7, { from: seven, to: end }));
    expect(report.decision).toBe("NO-GO");
    const failed = report.lines.filter(({ verdict }) => verdict === "fail").map(({ name }) => name);
    expect(failed).toEqual(["mape", "critical-errors", "uptime"]);
    expect(lineOf(report, "critical-errors")).toMatchObject({ value: 1, before: 0 });
    expect(lineOf(report, "uptime")?.value).toBeCloseTo(1 - 600 / (2 * DAY), 3);
    expect(lineOf(report, "rollback-triggers")).toMatchObject({ value: 2, verdict: "pass" });
    // Over two days the hit rate is kept; the hour in which it was not is named, and costs score.
    expect(lineOf(report, "cache-hit-rate")).toMatchObject({ verdict: "pass", shareWithin: expect.closeTo(1 - HOUR / (2 * DAY), 2) });
    expect(report.score).toBeLessThan(99.5);
    expect(report.anomalies).toEqual(expect.arrayContaining([expect.stringMatching(/^Cache hit rate was out of its bound for 2\.\d % .* 2026-03-04 03:0\d UTC to 2026-03-04 04:0\d UTC\.$/), expect.stringMatching(/^The alert ServiceDown \(critical\) fired from 2026-03-04 05:0\d UTC/)]));
  }, 60_000);

  it("is UNKNOWN while the window is not full, and never GO by what it has not seen", async () => {
    const report = await validate(window(6, { from: six, to: six + HOUR }, { missing: 2 * DAY - HOUR }));
    expect(report.decision).toBe("UNKNOWN");
    expect(report.score).toBeNull();
    expect(report.reasons).toEqual(expect.arrayContaining(["The window is not full: 47 hours of it are missing.", "Slowest forecast run is unknown: 0 completed runs, and at least 1 are needed to say anything."]));
  }, 60_000);

  it("is UNKNOWN for a time that Prometheus knows nothing of", async () => {
    const report = await validate(window(5, { from: five - 2 * DAY, to: five }, { before: null }), true);
    expect(report.decision).toBe("UNKNOWN");
    expect(report.lines.filter(({ verdict }) => verdict !== "unknown")).toEqual([]);
    expect(lineOf(report, "memory-growth")?.unknown).toContain("Prometheus watched for 0 % of the time");
  }, 60_000);

  it("is UNKNOWN for a release that was replaced before Prometheus had looked at it, and compares the next one with nothing", async () => {
    const never = { from: six, to: six };
    const replaced = await validate(window(5, never, { missing: DAY, cutShort: "release 6 replaced it" }));
    expect(replaced.decision).toBe("UNKNOWN");
    expect(replaced.lines.map(({ value }) => value)).toEqual(replaced.lines.map(() => null));
    expect(lineOf(replaced, "uptime")?.unknown).toBe("Prometheus never looked at it");
    expect(replaced.runs).toEqual([]);
    const next = await validate(window(6, { from: six, to: seven }, { before: { release: 5, span: never } }));
    expect(next.decision).toBe("GO");
    expect(lineOf(next, "uptime")).toMatchObject({ value: 1, before: null });
    expect(lineOf(next, "memory-growth")?.unknown).toBe("of the release before: Prometheus never looked at it");
  }, 60_000);

  it("is refused with one sentence when Prometheus does not answer", async () => {
    const nowhere = new Prometheus(endpointAt("http://127.0.0.1:9", undefined));
    await expect(validateRelease(nowhere, { stack: "dev", namespace: "forecast-dev", window: window(6, { from: six, to: seven }), strict: false, now: end })).rejects.toThrow(/^Prometheus does not answer, so that nothing is known of the release: /);
  });
});
