import { series } from "@forecast-stack/monitoring/promql.ts";

/** Requests of users per second, over a window. */
export function apiRequests(window: string): string {
  return `sum by (namespace) (rate(${series("http_requests_total", { job: "api", route: { matchesNot: "/metrics|/health/.*" } })}[${window}]))`;
}

/** What goes back to the last good release, for the alerts that ask for it. */
export const rollbackHint = "If it began with the last release: forecastctl rollback --stack {{ $externalLabels.stack }}.";
