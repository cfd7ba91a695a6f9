import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Database } from "../platform/db.ts";
import { type InterventionKind, recordIntervention } from "./sql/interventions.ts";

/** Counts a fault of a run that mends itself, because the queue tries the batch again. */
export async function countMended({ database, metrics }: { readonly database: Database; readonly metrics: Metrics }, kind: InterventionKind, runId: string): Promise<void> {
  metrics.forecast_watchdog_findings_total.inc({ kind });
  metrics.forecast_watchdog_interventions_total.inc({ kind });
  await recordIntervention(database, kind, runId, true);
}
