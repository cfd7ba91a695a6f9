/**
 * Where good ends: the documents' figures, in the metrics' own units. Rules and
 * dashboards draw the same lines because both read them here.
 */
export const thresholds = {
  /** Health status of a healthy process (2 healthy, 1 degraded, 0 unhealthy). */
  healthyStatus: 2,
  /** MAPE that forecasts should stay under, in percent. */
  mapeTargetPercent: 20,
  /** MAPE that alerts, in percent. */
  mapeAlertPercent: 50,
  /** Share of requests answered with 5xx that alerts. */
  errorRatio: 0.05,
  /** Fewer requests per second than this say nothing about the share of errors. */
  leastRequestsPerSecond: 0.05,
  /** p95 of the API, in seconds: target and alert. */
  latencyP95TargetSeconds: 0.02,
  /** Duration of a run of 127 items, in seconds. */
  runDurationSeconds: 120,
  /** Resident memory as a share of the container's limit. */
  memoryRatio: 0.7,
  /** Cache hits as a share of reads. */
  cacheHitRatio: 0.99,
} as const;
