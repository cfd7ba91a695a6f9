import type { Inhibition } from "@forecast-stack/monitoring/alertmanager-config.ts";

const budgetOf = (slo: string): string[] => ["Fast", "Medium", "Slow", "Steady"].map((burn) => `${slo}BudgetBurn${burn}`);

/** What an alert explains: while it fires, its symptoms in the same namespace are not told. */
export const inhibitions: readonly Inhibition[] = [
  { source: { alertname: "ServiceDown", job: "api" }, silences: [...budgetOf("Availability"), ...budgetOf("Latency"), "ApiLatencyP99High", "CacheHitRateLow", "EventLoopLagHigh", "ServiceMemoryHigh", "UptimeLow", "ReplicasMissing"] },
  { source: { alertname: "ServiceDown", job: "worker" }, silences: ["ForecastQueueOld", "ForecastRunStalled", "NoForecastsGenerated", "FreshnessBudgetBurnSlow", "FreshnessBudgetBurnSteady", "ReplicasMissing"] },
  {
    source: { alertname: "PostgresDown" },
    silences: [...budgetOf("Availability"), ...budgetOf("Latency"), "ForecastingSystemUnhealthy", "QueriesSlow", "DatabasePoolExhausted", "PostgresConnectionsHigh", "ForecastQueueOld", "ForecastRunStalled", "ForecastRunFailed", "CriticalErrorsAfterRelease", "ApiLatencyP99High"],
  },
  { source: { alertname: "NodeNotReady" }, silences: ["ReplicasMissing", "PodRestarting"] },
];
