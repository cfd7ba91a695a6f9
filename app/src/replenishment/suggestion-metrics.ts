import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Database } from "../platform/db.ts";
import { listTenants } from "../platform/tenant.ts";
import { countPending } from "./sql/count-pending.ts";

/** Sets the gauges of the suggestions that wait, as the database has them; what cannot be read is taken away, so that no old value looks like a new one. */
export async function observeSuggestions(database: Database, metrics: Metrics): Promise<void> {
  try {
    const tenants = await listTenants(database);
    const counts = await Promise.all(tenants.map((tenant) => countPending(database.of(tenant))));
    metrics.replenishment_recommendations_pending.set(counts.reduce((sum, { pending }) => sum + pending, 0));
    metrics.replenishment_recommendations_critical.set(counts.reduce((sum, { critical }) => sum + critical, 0));
  } catch {
    metrics.replenishment_recommendations_pending.remove();
    metrics.replenishment_recommendations_critical.remove();
  }
}
