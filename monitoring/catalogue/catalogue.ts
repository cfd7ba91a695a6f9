import { accessMetrics } from "./access-metrics.ts";
import { backupMetrics } from "./backup-metrics.ts";
import { cacheMetrics } from "./cache-metrics.ts";
import { databaseMetrics } from "./database-metrics.ts";
import { flagMetrics } from "./flag-metrics.ts";
import { forecastingMetrics } from "./forecasting-metrics.ts";
import { healthMetrics } from "./health-metrics.ts";
import { httpMetrics } from "./http-metrics.ts";
import { importMetrics } from "./import-metrics.ts";
import { processMetrics } from "./process-metrics.ts";
import { replenishmentMetrics } from "./replenishment-metrics.ts";
import { rolloutMetrics } from "./rollout-metrics.ts";

/**
 * Every metric of the service, by name. The service creates its metrics from
 * here (create-metrics.ts); rules, SLOs, gates and dashboards name them by
 * `MetricName`, so that a metric that nobody emits cannot be asked for.
 */
export const catalogue = {
  ...httpMetrics,
  ...accessMetrics,
  ...backupMetrics,
  ...cacheMetrics,
  ...databaseMetrics,
  ...flagMetrics,
  ...forecastingMetrics,
  ...healthMetrics,
  ...importMetrics,
  ...replenishmentMetrics,
  ...rolloutMetrics,
  ...processMetrics,
} as const;

export type Catalogue = typeof catalogue;

/** The name of a metric that exists. */
export type MetricName = keyof Catalogue;

/** The labels of one metric. */
export type LabelOf<Name extends MetricName> = Extract<keyof Catalogue[Name]["labels"], string>;
