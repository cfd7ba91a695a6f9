import { z } from "zod";
import type { FeatureContext } from "../platform/feature.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { requireRun, runAccuracy, runAccuracyQuery } from "./run-accuracy.ts";
import type { RunRow } from "./sql/find-run.ts";
import { triggerRun } from "./trigger-run.ts";

const runParameters = z.object({ runId: z.uuid("must be the id of a run") });
const measured = z.number().nullable();
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
/** `POST /api/forecast/trigger` (and its older name), `GET /api/forecast/runs/:runId` and its `/accuracy`. */
export function runRoutes(context: FeatureContext): Route[] {
  const { config, queries } = context;

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
      answers: { 200: { description: "Accuracy overall, by model and by category, and the worst items.", schema: runAccuracy } },
      handle: ({ params, ...asked }) => queries.send(runAccuracyQuery, asked, { run: params.runId, highVarianceItems: config.MAX_HIGH_VARIANCE_ITEMS_IN_REPORT }),
    }),
  ];
}

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
