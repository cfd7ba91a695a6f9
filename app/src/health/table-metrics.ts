import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Database } from "../platform/db.ts";
import { tableStatistics } from "./sql/table-statistics.ts";

/** Statistics of tables change slowly, and every scrape of every pod would ask for them. */
const OLDEST_MS = 60_000;

/**
 * Tells how much of each table is dead rows, and how often it is read by an
 * index: what cannot be read is taken away, so that no old value looks new.
 *
 * @returns brings the gauges up to date, at most once a minute
 */
export function observeTables(database: Database, metrics: Metrics): () => Promise<void> {
  let read = -Infinity;
  return async () => {
    if (performance.now() - read < OLDEST_MS) return;
    read = performance.now();
    const tables = await tableStatistics(database).catch(() => []);
    for (const gauge of [metrics.database_table_rows, metrics.database_table_bloat_ratio, metrics.database_index_use_ratio]) gauge.reset();
    for (const { table, live, dead, indexScans, sequentialScans } of tables) {
      metrics.database_table_rows.set({ table }, live);
      if (live + dead > 0) metrics.database_table_bloat_ratio.set({ table }, dead / (live + dead));
      if (indexScans + sequentialScans > 0) metrics.database_index_use_ratio.set({ table }, indexScans / (indexScans + sequentialScans));
    }
  };
}
