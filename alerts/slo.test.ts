import type { AlertRule } from "@forecast-stack/monitoring/alert-rule.ts";
import { type AlertCase, neverFires, threshold } from "./test-support/alert-case.ts";
import { describeAlerts, type GroupCases } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";
import { byMajorVersion } from "./test-support/promtool-version.ts";
import { slo, sloDays } from "./slo.ts";

const namespace = "forecast-dev";
const request = { namespace, job: "api", pod: "api-654d4c94d7-qltw7", instance: "api-654d4c94d7-qltw7", method: "GET", route: "/api/forecasts" };
const answered = live("http_requests_total", { ...request, status: "200" });
const failed = live("http_requests_total", { ...request, status: "503" });
const all = live("http_request_duration_seconds_count", { ...request, status: "200" });
const fast = live("http_request_duration_seconds_bucket", { ...request, status: "200", le: "0.02" });

/** A little more traffic than what says enough, and a little less, per minute. */
const TRAFFIC = 3.1;
const QUIET = 2.9;

const burns = {
  Fast: { rate: 14.4, long: 60, short: 5, step: 1, says: "2% of it were used within the last hour" },
  Medium: { rate: 6, long: 360, short: 30, step: 5, says: "5% of it were used within the last 6 hours" },
  Slow: { rate: 3, long: 1_440, short: 120, step: 10, says: "10% of it were used within the last day" },
  Steady: { rate: 1, long: 4_320, short: 360, step: 30, says: "10% of it were used within the last 3 days" },
} as const;

type BurnName = keyof typeof burns;

const objectives = {
  availability: "Requests that are not answered with a server error (objective 99.9% over 30 days)",
  latency: "Reads of cached routes within 20 ms (objective 95% over 30 days)",
  freshness: "The newest forecast is younger than 26 hours (objective 99% over 30 days)",
  accuracy: "Forecasts are good: MAPE at most 20 %, and MASE of intermittent items at most 1 (objective 95% over 30 days)",
} as const;

function description(name: keyof typeof objectives, burn: BurnName, speed: string): string {
  const { rate, says } = burns[burn];
  return `${objectives[name]}: the budget burns at ${speed} times the speed that it allows (threshold ${rate}); at that speed ${says}.`;
}

/** A share of bad requests just below and just above the one that burns too fast; the short window ends the alert while the long one still exceeds. */
function requests(name: "availability" | "latency", budget: number, burn: BurnName): (rule: AlertRule) => AlertCase[] {
  const { rate, long, short, step } = burns[burn];
  const share = (times: number): number => rate * times * budget;
  const series = (traffic: number, bad: number): (readonly [string, number])[] =>
    name === "availability" ? [[answered, traffic * (1 - bad)], [failed, traffic * bad]] : [[all, traffic], [fast, traffic * (1 - bad)]];
  const below = series(TRAFFIC, share(0.96));
  const above = series(TRAFFIC, share(1.04));
  return (rule) => [
    threshold(rule, {
      behaviour: `fires above ${rate} times the allowed speed, and ends soon after it is over`,
      series: below.map(([one, good], index) => [one, { perMinute: [good, above[index]?.[1] ?? 0] }]),
      labels: { namespace },
      description: description(name, burn, `${Number((rate * 1.04).toPrecision(4))}`),
      window: long,
      endsWithin: short,
      // The short window is bad in full, the long one is not yet.
      notBefore: short + 4 * step,
      step,
    }),
    neverFires(rule, { behaviour: "stays silent on a quiet night, however many of its few requests are bad", series: series(QUIET, Math.min(1, share(1.5))).map(([one, perMinute]) => [one, { perMinute }]), window: long, step }),
  ];
}

/** Nobody is told of something that is over: what is stale now, and has been for long enough, is told. */
function states(name: "freshness" | "accuracy", burn: "Slow" | "Steady", levels: readonly [series: string, good: number, bad: number], badSteps: number, speed: string): () => AlertCase[] {
  const { long } = burns[burn];
  const step = 5;
  const [series, good, bad] = levels;
  const before = long / step + 2;
  return () => [
    {
      behaviour: "fires when it has been bad for its share of the window, and ends when it is good again",
      step,
      series: { [series]: `${good}x${before} ${bad}x${badSteps + 2} ${good}x20` },
      // The first evaluation above the threshold is pending, the second one fires.
      silent: [(before + badSteps) * step, (before + badSteps + 5) * step],
      fires: [{ at: (before + badSteps + 1) * step, labels: { namespace }, description: description(name, burn, speed) }],
    },
  ];
}

const freshness = [live("forecast_run_last_completed_timestamp_seconds", { namespace }), 1e9, -100_000] as const;
const accuracy = [live("forecast_accuracy_mape_percentage", { namespace }), 20, 20.5] as const;

const cases: GroupCases = {
  ...Object.fromEntries(
    (Object.keys(burns) as BurnName[]).flatMap((burn) => [
      [`AvailabilityBudgetBurn${burn}`, requests("availability", 0.001, burn)],
      [`LatencyBudgetBurn${burn}`, requests("latency", 0.05, burn)],
    ]),
  ),
  FreshnessBudgetBurnSlow: states("freshness", "Slow", freshness, 9, byMajorVersion({ two: "3.46", three: "3.472" })),
  FreshnessBudgetBurnSteady: states("freshness", "Steady", freshness, 9, byMajorVersion({ two: "1.156", three: "1.157" })),
  AccuracyBudgetBurnSlow: states("accuracy", "Slow", accuracy, 44, byMajorVersion({ two: "3.114", three: "3.125" })),
  AccuracyBudgetBurnSteady: states("accuracy", "Steady", accuracy, 44, byMajorVersion({ two: "1.04", three: "1.042" })),
};

describeAlerts(slo, cases, [sloDays]);
