import { randomUUID } from "node:crypto";
import { type RequestHandler, Router } from "express";
import { z } from "zod";
import { forecastsGroup } from "../forecasting/forecast-cache.ts";
import { NotFoundError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { TENANT } from "../platform/tenant.ts";
import { validate } from "../platform/validation.ts";
import { RUN_QUEUE, type RunJob } from "./queues.ts";
import { createRun } from "./sql/create-run.ts";
import { findRun, type RunRow } from "./sql/find-run.ts";
import { listWorstItems } from "./sql/list-worst-items.ts";

const runParameters = z.object({ runId: z.uuid("must be the id of a run") });

/** `POST /api/forecast/trigger` (and its older name), `GET /api/forecast/runs/:runId` and its `/accuracy`. */
export function runRoutes(context: FeatureContext): Router {
  const { config, database, jobs, cache, log } = context;
  const router = Router();

  const trigger: RequestHandler = async (_request, response) => {
    const runId = randomUUID();
    await database.transaction(async (transaction) => {
      await createRun(transaction, runId, TENANT, "manual");
      await jobs.send(transaction, RUN_QUEUE, runId, { trigger: "manual" } satisfies RunJob);
    });
    log.info({ runId }, "forecast run triggered");
    response.status(202).location(`/api/forecast/runs/${runId}`).json({ runId });
  };
  router.post("/api/forecast/trigger", context.serviceToken, trigger);
  router.post("/api/v1/admin/trigger-forecast", context.serviceToken, trigger);

  const find = async (parameters: unknown): Promise<RunRow> => {
    const { runId } = validate(runParameters, parameters, "path parameter");
    const run = await findRun(database, TENANT, runId);
    if (run === undefined) throw new NotFoundError(`There is no forecast run ${runId}.`);
    return run;
  };

  router.get("/api/forecast/runs/:runId", async (request, response) => {
    response.json(describeRun(await find(request.params)));
  });

  router.get("/api/forecast/runs/:runId/accuracy", async (request, response) => {
    const run = await find(request.params);
    const { runId, summary } = run;
    if (summary === null) throw new NotFoundError(`The forecast run ${runId} is ${run.status}; its accuracy is known when it is completed.`);
    const limit = config.MAX_HIGH_VARIANCE_ITEMS_IN_REPORT;
    // A completed run does not change, so its group needs no other invalidation.
    const body = await cache.json({ cache: "queries", group: forecastsGroup(TENANT), key: `accuracy:${runId}:${limit}` }, async () => {
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
  });
  return router;
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
