import { z } from "zod";
import { forecastsGroup } from "../forecasting/forecast-cache.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { NotFoundError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { findRun, type RunRow } from "./sql/find-run.ts";
import { listWorstItems } from "./sql/list-worst-items.ts";
import { triggerRun } from "./trigger-run.ts";

const runParameters = z.object({ runId: z.uuid("must be the id of a run") });
const measured = z.number().nullable();
const groupAccuracy = z.object({
  items: z.int(),
  backTested: z.int(),
  mape: measured,
  mapeItems: z.int(),
  wape: measured,
  medianMase: measured,
  maseItems: z.int(),
  highVarianceItems: z.int(),
});
const itemAccuracy = z.object({ sku: z.string(), facility: z.string(), category: z.string().nullable(), model: z.string(), mape: measured, wape: measured, mase: measured, volume: z.number() });
const runReply = z.object({
  runId: z.uuid(),
  trigger: z.enum(["schedule", "manual"]),
  status: z.enum(["queued", "running", "completed", "failed"]),
  requestedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  asOf: z.iso.date().nullable(),
  error: z.string().nullable(),
  progress: z.object({ batchesDone: z.int(), batchesTotal: z.int(), itemsDone: z.int(), itemsTotal: z.int(), elapsedMs: z.int(), peakMemoryPercent: measured }),
  batches: z.array(z.object({ batch: z.string(), items: z.int(), status: z.string(), worker: z.string().nullable(), memoryPercent: measured, elapsedMs: measured, finishedAt: z.string().nullable() })),
  accuracy: z.object({ mape: measured, wape: measured, highVarianceItems: z.int() }).nullable(),
});
const accuracyReply = z.object({
  runId: z.uuid(),
  asOf: z.iso.date(),
  thresholds: z.object({ mape: z.number(), itemMape: z.number() }),
  withinThreshold: z.boolean().nullable(),
  overall: groupAccuracy,
  byModel: z.record(z.string(), groupAccuracy),
  byCategory: z.record(z.string(), groupAccuracy),
  highVarianceItems: z.object({ count: z.int(), items: z.array(itemAccuracy) }),
  worstItems: z.object({ byMape: z.array(itemAccuracy), byMase: z.array(itemAccuracy) }),
});

/** `POST /api/forecast/trigger` (and its older name), `GET /api/forecast/runs/:runId` and its `/accuracy`. */
export function runRoutes(context: FeatureContext): Route[] {
  const { config, cache } = context;

  const trigger = (path: string) =>
    route({
      method: "post",
      path,
      access: "admin",
      tag: "forecasts",
      summary: "Start a forecast run of all items.",
      answers: { 202: { description: "The run is queued; Location says where its progress is.", schema: z.object({ runId: z.uuid() }) } },
      handle: async ({ database, principal, response }) => {
        const runId = await triggerRun(context, database, { principal, requestId: requestIdOf(response) });
        response.status(202).location(`/api/forecast/runs/${runId}`).json({ runId });
      },
    });

  return [
    trigger("/api/forecast/trigger"),
    trigger("/api/v1/admin/trigger-forecast"),
    route({
      method: "get",
      path: "/api/forecast/runs/:runId",
      access: "viewer",
      tag: "forecasts",
      summary: "Show a forecast run and its progress.",
      params: runParameters,
      answers: { 200: { description: "The run.", schema: runReply } },
      handle: async ({ params, database, response }) => {
        response.json(describeRun(await requireRun(database, params.runId)));
      },
    }),
    route({
      method: "get",
      path: "/api/forecast/runs/:runId/accuracy",
      access: "viewer",
      tag: "forecasts",
      summary: "Show how accurate the forecasts of a completed run were in their back-tests.",
      params: runParameters,
      answers: { 200: { description: "Accuracy overall, by model and by category, and the worst items.", schema: accuracyReply } },
      handle: async ({ params, database, response }) => {
        const run = await requireRun(database, params.runId);
        const { runId, summary } = run;
        if (summary === null) throw new NotFoundError(`The forecast run ${runId} is ${run.status}; its accuracy is known when it is completed.`);
        const limit = config.MAX_HIGH_VARIANCE_ITEMS_IN_REPORT;
        // A completed run does not change, so its group needs no other invalidation.
        const body = await cache.json({ cache: "queries", group: forecastsGroup(database.tenant), key: `accuracy:${runId}:${limit}` }, async () => {
          const [highVariance, worstByMape, worstByMase] = await Promise.all([
            listWorstItems(database, runId, "mape", summary.thresholds.itemMape, limit),
            listWorstItems(database, runId, "mape", -1, WORST_ITEMS),
            listWorstItems(database, runId, "mase", -1, WORST_ITEMS),
          ]);
          const { thresholds, overall, byModel, byCategory } = summary;
          return {
            runId,
            asOf: run.asOf,
            thresholds,
            withinThreshold: overall.mape === null ? null : overall.mape <= thresholds.mape,
            overall,
            byModel,
            byCategory,
            highVarianceItems: { count: overall.highVarianceItems, items: highVariance },
            worstItems: { byMape: worstByMape, byMase: worstByMase },
          };
        });
        response.type("application/json").send(body);
      },
    }),
  ];
}

async function requireRun(database: TenantDatabase, runId: string): Promise<RunRow> {
  const run = await findRun(database, runId);
  if (run === undefined) throw new NotFoundError(`There is no forecast run ${runId}.`);
  return run;
}

/** Items that the accuracy of a run lists at each end. */
const WORST_ITEMS = 10;

function describeRun(run: RunRow): object {
  const { batches, itemsTotal, batchesTotal, batchesDone, elapsedMs, summary, ...rest } = run;
  const done = batches.filter(({ status }) => status === "done");
  const memory = done.map(({ memoryPercent }) => memoryPercent ?? 0);
  return {
    ...rest,
    progress: {
      batchesDone,
      batchesTotal,
      itemsDone: done.reduce((sum, { items }) => sum + items, 0),
      itemsTotal,
      elapsedMs,
      peakMemoryPercent: memory.length === 0 ? null : Math.max(...memory),
    },
    batches: batches.map(({ batchNo, ...batch }) => ({ batch: `${batchNo}/${batchesTotal}`, ...batch })),
    accuracy: summary === null ? null : { mape: summary.overall.mape, wape: summary.overall.wape, highVarianceItems: summary.overall.highVarianceItems },
  };
}
