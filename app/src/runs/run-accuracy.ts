import { z } from "zod";
import { forecastsGroup } from "../forecasting/forecast-cache.ts";
import type { CachedQuery } from "../platform/cached-query.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { NotFoundError } from "../platform/errors.ts";
import { findRun, type RunRow } from "./sql/find-run.ts";
import { type GroupAccuracy, WORST_ITEMS } from "./sql/finish-run.ts";
import { listWorstItems } from "./sql/list-worst-items.ts";
import { OUTLIER_MAPE } from "./sql/outliers.ts";

const measured = z.number().nullable();
const groupAccuracy = z.object({
  items: z.int(),
  backTested: z.int(),
  mape: measured,
  mapeItems: z.int(),
  wape: measured,
  medianMase: measured,
  maseItems: z.int(),
  medianRmsse: measured,
  mae: measured,
  rmse: measured,
  bias: measured,
  /** Items whose tracking signal is beyond ±4. */
  leaningItems: z.int().nullable(),
  highVarianceItems: z.int(),
});
const itemAccuracy = z.object({ sku: z.string(), facility: z.string(), category: z.string().nullable(), model: z.string(), mape: measured, wape: measured, mase: measured, volume: z.number() });

/** How accurate the forecasts of a run were in their back-tests. */
export const runAccuracy = z.object({
  runId: z.uuid(),
  asOf: z.iso.date(),
  thresholds: z.object({ mape: z.number(), itemMape: measured }),
  withinThreshold: z.boolean().nullable(),
  overall: groupAccuracy,
  byModel: z.record(z.string(), groupAccuracy),
  byCategory: z.record(z.string(), groupAccuracy),
  highVarianceItems: z.object({ count: z.int(), items: z.array(itemAccuracy) }),
  /** Items with a MAPE above 25 %, the worst of them listed; the count is null in runs of older releases. */
  outlierItems: z.object({ count: z.int().nullable(), items: z.array(itemAccuracy) }),
  worstItems: z.object({ byMape: z.array(itemAccuracy), byMase: z.array(itemAccuracy) }),
});

const input = z.strictObject({ run: z.uuid(), highVarianceItems: z.int() });

/** The accuracy of a run; a completed one does not change, so its group needs no other invalidation. */
export const runAccuracyQuery: CachedQuery<z.infer<typeof input>> = {
  name: "runs.accuracy",
  cache: "queries",
  input,
  group: forecastsGroup,
  compute: async (database, { run: id, highVarianceItems }) => {
    const { runId, asOf, status, summary } = await requireRun(database, id);
    if (summary === null) throw new NotFoundError(`The forecast run ${runId} is ${status}; its accuracy is known when it is completed.`);
    const { thresholds, overall, byModel, byCategory, outliers } = summary;
    const everyItem = thresholds.itemMape === null ? null : -1;
    const [highVariance, worstByMape, worstByMase] = await Promise.all([
      listWorstItems(database, runId, "mape", thresholds.itemMape, highVarianceItems),
      listWorstItems(database, runId, "mape", everyItem, WORST_ITEMS),
      listWorstItems(database, runId, "mase", -1, WORST_ITEMS),
    ]);
    return {
      runId,
      asOf,
      thresholds,
      withinThreshold: overall.mape === null ? null : overall.mape <= thresholds.mape,
      overall: complete(overall),
      byModel: completeEach(byModel),
      byCategory: completeEach(byCategory),
      highVarianceItems: { count: overall.highVarianceItems, items: highVariance },
      outlierItems: { count: outliers?.items ?? null, items: worstByMape.filter(({ mape }) => mape !== null && mape > OUTLIER_MAPE) },
      worstItems: { byMape: worstByMape, byMase: worstByMase },
    };
  },
};

/** Runs of older releases have no value of what they did not measure. */
function complete(accuracy: GroupAccuracy): z.infer<typeof groupAccuracy> {
  return { medianRmsse: null, mae: null, rmse: null, bias: null, leaningItems: null, ...accuracy };
}

function completeEach(groups: Readonly<Record<string, GroupAccuracy>>): Record<string, z.infer<typeof groupAccuracy>> {
  return Object.fromEntries(Object.entries(groups).map(([name, accuracy]) => [name, complete(accuracy)]));
}

/**
 * A run of the tenant.
 *
 * @throws NotFoundError when there is none with this id
 */
export async function requireRun(database: TenantDatabase, runId: string): Promise<RunRow> {
  const run = await findRun(database, runId);
  if (run === undefined) throw new NotFoundError(`There is no forecast run ${runId}.`);
  return run;
}
