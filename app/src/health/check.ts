import { z } from "zod";
import { type HealthStatus, statusValues } from "../platform/health.ts";

/** The checks of the health job, in the order in which they are shown. */
export const checkNames = ["database", "tables", "data-volume", "accuracy", "replenishment", "graphql", "query-performance", "indexes"] as const;

export type CheckName = (typeof checkNames)[number];

/** Checks of what the service works on; the others are of the service itself. */
const ofContent: ReadonlySet<CheckName> = new Set(["data-volume", "accuracy", "replenishment"]);

/** What a check found. */
export const checkSchema = z.object({
  name: z.enum(checkNames),
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  /** A sentence for whoever looks after the service. */
  message: z.string(),
  /** The figures behind it; null: not known. */
  values: z.record(z.string(), z.number().nullable()),
});

export type Check = z.infer<typeof checkSchema>;

/** What the health job knows after its checks. */
export interface Verdict {
  readonly status: HealthStatus;
  /** Jobs in a row that found fault with the service itself. */
  readonly failures: number;
}

/**
 * The worst of the checks. What a service that is only degraded does badly it
 * is given `maxFailures` jobs for; then it counts as unhealthy. Poor forecasts,
 * missing demand and empty shelves never do: waiting does not make the service worse.
 */
export function judge(checks: readonly Check[], failuresBefore: number, maxFailures: number): Verdict {
  const worst = checks.map(({ status }) => status).reduce<HealthStatus>((one, other) => (statusValues[other] < statusValues[one] ? other : one), "healthy");
  const failing = checks.some(({ name, status }) => status !== "healthy" && !ofContent.has(name));
  const failures = failing ? failuresBefore + 1 : 0;
  return { status: failures >= maxFailures ? "unhealthy" : worst, failures };
}
