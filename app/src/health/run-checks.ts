import type { Database } from "../platform/db.ts";
import { listTenants } from "../platform/tenant.ts";
import { messageOf } from "../platform/thrown.ts";
import type { Config } from "../platform/config.ts";
import { countPending } from "../replenishment/sql/count-pending.ts";
import type { Check, CheckName } from "./check.ts";
import { PROBED_OPERATIONS, probeGraphql } from "./graphql-probe.ts";
import { judgeAccuracy, judgeDatabase, judgeDataVolume, judgeGraphql, judgeIndexes, judgeQueries, judgeReplenishment, judgeTables, unmade } from "./judge-checks.ts";
import { countData } from "./sql/data-volume.ts";
import { readIndexState } from "./sql/index-state.ts";
import { timeQueries } from "./sql/probe-queries.ts";
import { readRecentAccuracy } from "./sql/recent-accuracy.ts";
import { newestCompletedRun } from "../runs/sql/newest-run.ts";
import { readTableState } from "./sql/table-state.ts";

/** What the checks look at. */
export interface CheckedParts {
  readonly config: Config;
  readonly database: Database;
  /** Where this process answers the API, and a token for it. */
  readonly origin: string;
  readonly token: string;
}

const TIMEOUT_MS = 5_000;

/** Makes all checks, one after the other so that none slows down another; one that cannot be made is a finding too. */
export async function runChecks({ config, database, origin, token }: CheckedParts): Promise<Check[]> {
  const checks: Check[] = [];
  const make = async (name: CheckName, check: () => Promise<Check>) => {
    checks.push(await check().catch((error: unknown) => unmade(name, messageOf(error))));
  };
  const ofTenants = async <Result>(read: (tenant: ReturnType<Database["of"]>) => Promise<Result>) => {
    const results: Result[] = [];
    for (const tenant of await listTenants(database)) results.push(await read(database.of(tenant)));
    return results;
  };

  await make("database", async () => {
    const started = performance.now();
    return judgeDatabase((await database.answers(TIMEOUT_MS)) ? performance.now() - started : undefined);
  });
  await make("tables", async () => judgeTables(await readTableState(database)));
  await make("data-volume", async () => {
    const volumes = await ofTenants(countData);
    const total = (name: keyof (typeof volumes)[number]) => volumes.reduce((sum, volume) => sum + volume[name], 0);
    return judgeDataVolume({ items: total("items"), demandRecords: total("demandRecords"), forecasts: total("forecasts"), accuracyMetrics: total("accuracyMetrics") });
  });
  await make("accuracy", async () => {
    const accuracies = await ofTenants(readRecentAccuracy);
    const runs = await ofTenants(newestCompletedRun);
    const highVariance = { items: Math.max(0, ...runs.map((run) => run?.summary.overall.highVarianceItems ?? 0)), allowed: config.ALERT_ON_EXCESSIVE_VARIANCE ? config.MAX_HIGH_VARIANCE_ITEMS_ALLOWED : undefined };
    return judgeAccuracy(accuracies.reduce((worst, other) => ((other.mape ?? -1) > (worst.mape ?? -1) ? other : worst), { mape: null, bias: null }), highVariance);
  });
  await make("replenishment", async () => {
    const counts = await ofTenants(countPending);
    return judgeReplenishment({ pending: counts.reduce((sum, { pending }) => sum + pending, 0), critical: counts.reduce((sum, { critical }) => sum + critical, 0) });
  });
  await make("graphql", async () => judgeGraphql(await probeGraphql(origin, token), PROBED_OPERATIONS));
  await make("query-performance", async () => {
    const times = await ofTenants(timeQueries);
    return judgeQueries({ demandMs: Math.max(0, ...times.map(({ demandMs }) => demandMs)), forecastsMs: Math.max(0, ...times.map(({ forecastsMs }) => forecastsMs)) });
  });
  await make("indexes", async () => judgeIndexes(await readIndexState(database)));
  return checks;
}
