import { z } from "zod";
import { modelNames } from "../forecasting/models/models.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { type Route, route } from "../platform/route.ts";
import { BATCH_QUEUE } from "./queues.ts";
import { listWorkers } from "./sql/list-workers.ts";
import { queueDepths } from "./sql/queue-depth.ts";

/** Signs of life that a worker may miss. */
const MISSED = 3;

const mlStatus = z.object({
  /** unknown: ML_SERVICE_KEEPALIVE is off, so that workers do not tell. */
  status: z.enum(["healthy", "unhealthy", "unknown"]),
  models: z.array(z.enum(modelNames)),
  workers: z.array(z.object({ worker: z.string(), version: z.string(), threads: z.int(), answeredMs: z.number(), seenAt: z.iso.datetime(), alive: z.boolean() })),
  batches: z.object({ waiting: z.int(), active: z.int() }),
});

/** `GET /api/ml/status`: whether anybody computes forecasts. */
export function workerStatusRoutes({ config, database }: FeatureContext): Route[] {
  const describe = async (): Promise<z.infer<typeof mlStatus>> => {
    const [seen, depths] = await Promise.all([listWorkers(database), queueDepths(database)]);
    const workers = seen.map(({ secondsAgo, seenAt, ...worker }) => ({ ...worker, seenAt: seenAt.toISOString(), alive: secondsAgo * 1_000 <= MISSED * config.ML_SERVICE_KEEPALIVE_INTERVAL_MS }));
    const { waiting, active } = depths.find(({ queue }) => queue === BATCH_QUEUE) ?? { waiting: 0, active: 0 };
    const told = workers.some(({ alive }) => alive) ? "healthy" : "unhealthy";
    return { status: config.ML_SERVICE_KEEPALIVE ? told : "unknown", models: [...modelNames], workers, batches: { waiting, active } };
  };
  return [
    route({
      method: "get",
      path: "/api/ml/status",
      access: "viewer",
      tag: "forecasts",
      summary: "Show the workers that compute forecasts, and whether they answer.",
      answers: { 200: { description: "One at least answers.", schema: mlStatus }, 503: { description: "None does.", schema: mlStatus } },
      handle: async ({ response }) => {
        const status = await describe();
        response.status(status.status === "unhealthy" ? 503 : 200).json(status);
      },
    }),
  ];
}
