import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;
const api = { ...here, job: "api" } as const;
const requests = series("http_requests_total", api);
const failed = series("http_requests_total", { ...api, status: { matches: "5.." } });
const perSecond = (selector: string): string => `rate(${selector}[$__rate_interval])`;

/** Rate, errors and duration of the API, route by route, and what its processes use. */
export function service(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.service,
    title: "API",
    description: "Rate, errors and duration of every route, and what the service's processes use.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Is it there?",
        panels: [
          number(alertPanel("ServiceDown", { description: "Pods of each role that Prometheus reaches.", unit: "none", legend: "{{job}}" }), 6),
          number(alertPanel("ForecastingSystemUnhealthy", { description: "The worst status that a process of each role reports: 2 healthy, 1 degraded, 0 unhealthy.", unit: "none", legend: "{{job}}" }), 6),
          number(alertPanel("UptimeLow", { description: "Share of two days in which some pod of the API answered.", unit: "percentunit", legend: "uptime" }), 6),
          number({ ...alertPanel("CriticalErrorsAfterRelease", { description: "Requests of the last hour that ended with an internal error.", unit: "none", legend: "errors" }), emptyIsGood: true }, 6),
        ],
      },
      {
        title: "Every route",
        panels: [
          curve({ title: "Requests by route", description: "Requests answered per second.", unit: "reqps", min: 0, queries: [{ expr: `sum by (method, route) (${perSecond(requests)})`, legend: "{{method}} {{route}}" }] }),
          curve({
            title: "Errors by route",
            description: "Share of requests answered with 5xx. A route without errors shows none.",
            unit: "percentunit",
            min: 0,
            queries: [{ expr: `sum by (method, route) (${perSecond(failed)}) / sum by (method, route) (${perSecond(requests)})`, legend: "{{method}} {{route}}" }],
            limits: { good: "below", bad: thresholds.errorRatio },
            emptyIsGood: true,
          }),
          curve({
            title: "Duration by route",
            description: "Time within which 95 of 100 requests are answered.",
            unit: "s",
            min: 0,
            queries: [{ expr: `histogram_quantile(0.95, sum by (method, route, le) (${perSecond(buckets("http_request_duration_seconds", api))}))`, legend: "{{method}} {{route}}" }],
          }),
          curve(alertPanel("ApiLatencyP99High", { description: "Time within which 99 of 100 reads of cached routes are answered.", unit: "s", legend: "p99", min: 0 })),
          curve({ title: "Requests under way", description: "Requests that are being answered.", unit: "none", min: 0, queries: [{ expr: `sum by (pod) (${series("http_requests_in_progress", api)})`, legend: "{{pod}}" }] }),
          curve({ title: "Requests refused by the limit", description: "Requests per second that came too often, by who asked.", unit: "reqps", min: 0, queries: [{ expr: `sum by (tier) (${perSecond(series("http_rate_limited_total", here))})`, legend: "{{tier}}" }] }),
        ],
      },
      {
        title: "Processes",
        panels: [
          curve(alertPanel("ServiceMemoryHigh", { description: "Resident memory of each process as a share of what it may use.", unit: "percentunit", legend: "{{pod}}", min: 0, max: 1 })),
          curve(alertPanel("EventLoopLagHigh", { description: "How late timers fire in 1 of 100 cases: a process that is late answers late.", unit: "s", legend: "{{pod}}", min: 0 })),
          curve({ title: "Sign-ins", description: "Attempts to sign in per second, by how they ended.", unit: "ops", min: 0, queries: [{ expr: `sum by (outcome) (${perSecond(series("auth_logins_total", here))})`, legend: "{{outcome}}" }] }),
        ],
      },
    ],
  });
}
