/**
 * Where good ends: the documents' figures, in the metrics' own units. Rules and
 * dashboards draw the same lines because both read them here.
 */
export const thresholds = {
  /** Health status of a healthy process (2 healthy, 1 degraded, 0 unhealthy). */
  healthyStatus: 2,
  /** MAPE that forecasts should stay under, in percent. */
  mapeTargetPercent: 20,
  /** MAPE from which on an item is an outlier, in percent: a candidate for a model for intermittent demand. */
  outlierMapePercent: 25,
  /** MAPE that alerts, in percent. */
  mapeAlertPercent: 50,
  /** MASE from which on a forecast is worse than repeating the last value. */
  maseTarget: 1,
  /** Items of high variance that a run may have. */
  highVarianceItems: 15,
  /** Runs above the MAPE target within 48 hours that ask for a rollback. */
  runsAboveTarget: 2,
  /** Share of requests answered with 5xx that is bad. */
  errorRatio: 0.05,
  /** Fewer requests per second than this say nothing about shares and percentiles. */
  leastRequestsPerSecond: 0.05,
  /** Fewer cache reads per second than this say nothing about the hit rate. */
  leastCacheReadsPerSecond: 0.05,
  /** p95 of the API, in seconds. */
  latencyP95TargetSeconds: 0.02,
  /** p99 of the API that asks for a rollback, in seconds. */
  latencyP99RollbackSeconds: 0.06,
  /** Share of two days in which some pod of the API answered. */
  uptimeRatio: 0.99,
  /** Duration of a run of 127 items, in seconds. */
  runDurationSeconds: 120,
  /** A job that waits longer than this has no worker that could take it, in seconds. */
  queueAgeSeconds: 300,
  /** Age of the newest forecast: one a day and two hours of grace, in seconds. */
  forecastAgeSeconds: 26 * 3_600,
  /** Resident memory of the service as a share of the container's limit. */
  memoryRatio: 0.7,
  /** Replenishment suggestions that wait for a decision: more than this and nobody decides. */
  pendingRecommendations: 100,
  /** p99 of the event loop's lag, in seconds. */
  eventLoopLagSeconds: 0.25,
  /** Cache hits as a share of reads: target, and what asks for a rollback. */
  cacheHitRatio: 0.99,
  cacheHitRollbackRatio: 0.9,
  /** Connections of a process's pool in use, as a share of those that it may open. */
  poolRatio: 0.8,
  /** Connections of the server in use, as a share of max_connections. */
  connectionsRatio: 0.8,
  /** p95 of the service's SQL statements, in seconds. */
  queryP95Seconds: 0.5,
  /** Dead rows as a share of a table's rows. */
  tableBloatRatio: 0.3,
  /** Index scans as a share of a table's scans. */
  indexUseRatio: 0.95,
  /** Rows that a table has before its scans and its bloat say anything. */
  leastTableRows: 10_000,
  /** The longest open transaction, in seconds. */
  transactionSeconds: 300,
  /** What a standby has not received yet, in bytes. */
  replicationLagBytes: 256 * 1024 * 1024,
  /** Data as a share of the volume it is on. */
  volumeRatio: 0.8,
  /** Redis's memory as a share of its maxmemory, with nothing to spare for a burst. */
  redisMemoryRatio: 0.9,
  /** Processor of a node, as a share of all its time. */
  nodeCpuRatio: 0.8,
  /** Memory of a node in use. */
  nodeMemoryRatio: 0.85,
  /** Disk of a node in use. */
  nodeDiskRatio: 0.85,
  /** Restarts of a container within an hour. */
  restartsPerHour: 3,
  /** Validity left of a certificate that clients use, in seconds. */
  certificateSeconds: 7 * 86_400,
  /** Time since a process last heard of the flags, which it does twice a minute, in seconds. */
  flagAgeSeconds: 120,
  /** How long everybody may have had the same value of a flag before it should be its default, in seconds. */
  flagSettledSeconds: 30 * 86_400,
  /** Age of the newest backup, as a share of what it may reach. */
  backupAge: 1,
  /** Age of the newest verification, as a share of the age that a backup may reach. */
  backupVerificationAge: 3,
  /** A rollout without a verdict that goes back by itself so soon, in seconds. */
  rolloutTimeLeftSeconds: 900,
} as const;

/** What a release is held to over its first two days, and what the next one is to reach, in the metrics' own units. */
export const releaseThresholds = {
  peakMemoryRatio: 0.62,
  /** Memory over that of the release before, in percent. */
  memoryGrowthPercent: 5,
  /** Time to fill the cache after a run, and before a peak or after a deploy, in seconds. */
  preloadSeconds: 5,
  prefetchSeconds: 30,
  /** Outliers that are expected: fewer are looked at, more are too many. */
  outliers: { fewest: 3, most: 5 },
  outliersTarget: 3,
  /** Mean MAPE of items that were outliers in the run before, in percent. */
  formerOutliersMapePercent: 24,
  runDurationTargetSeconds: 84,
  cacheHitTargetRatio: 0.995,
  peakMissRatio: 0.005,
  /** Share of the time that every line has to be in its bounds, times 100. */
  stabilityScore: 99.5,
  /** Requests, or reads of the cache, below which a share of them or a percentile says nothing. */
  leastRequests: 100,
  /** Share of a window in which a value that is always there must be known. */
  leastCoverage: 0.95,
} as const;

/** Minutes of the day, in UTC, at which the peaks begin (PREFETCH_MORNING_PEAK_HOUR and PREFETCH_AFTERNOON_PEAK_HOUR, half past), and how long they last. */
export const peaks = { begin: [11 * 60 + 30, 17 * 60 + 30], minutes: 60 } as const;
