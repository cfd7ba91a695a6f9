export type HealthStatus = "healthy" | "degraded" | "unhealthy";

/** What one part of the service says about itself. */
export interface HealthFinding {
  readonly severity: Exclude<HealthStatus, "healthy">;
  /** A sentence for whoever looks after the service. */
  readonly reason: string;
}

/** The worst of the findings. */
export function overallStatus(findings: readonly HealthFinding[]): HealthStatus {
  if (findings.some(({ severity }) => severity === "unhealthy")) return "unhealthy";
  return findings.length > 0 ? "degraded" : "healthy";
}

/** Values of inventory_forecasting_health_status. */
export const statusValues: Readonly<Record<HealthStatus, number>> = { healthy: 2, degraded: 1, unhealthy: 0 };
