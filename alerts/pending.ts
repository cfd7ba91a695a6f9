/** An alert of the product's documents whose metric nobody emits yet. */
export interface PendingAlert {
  readonly alert: string;
  /** The metric that it waits for: once the catalogue has it, a test asks for the alert. */
  readonly waitsFor: string;
  readonly condition: string;
}

/** What is still to be written, with the thresholds that it will have; empty when all is there. */
export const pendingAlerts: readonly PendingAlert[] = [
  { alert: "BinUtilizationCacheStale", waitsFor: "bin_utilization_cache_age_seconds", condition: "older than 30 minutes" },
  { alert: "MLModelAccuracyLow", waitsFor: "ml_model_accuracy_percentage", condition: "below 70 %" },
  { alert: "PutawayProcessingTimeCritical", waitsFor: "batch_putaway_processing_time_ms", condition: "p95 above 2,000 ms" },
  { alert: "BinOptimizationErrorRateHigh", waitsFor: "putaway_recommendations_total", condition: "more than 5 % with status error" },
];
