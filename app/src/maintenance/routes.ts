import { randomUUID } from "node:crypto";
import { z } from "zod";
import { recordChange } from "../audit/record-change.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { MAINTENANCE_QUEUE } from "../runs/queues.ts";

/** `POST /jobs/maintenance`. */
export function maintenanceRoutes({ jobs }: FeatureContext): Route[] {
  return [
    route({
      method: "post",
      path: "/jobs/maintenance",
      access: "admin",
      tag: "forecasts",
      summary: "Fill the cache, check the database and delete what is too old.",
      answers: { 202: { description: "It will be done.", schema: z.object({ jobId: z.uuid() }) } },
      handle: async ({ database, principal, response }) => {
        const jobId = randomUUID();
        await database.transaction(async (transaction) => {
          await jobs.send(transaction, MAINTENANCE_QUEUE, jobId, { tenant: database.tenant });
          await recordChange(transaction, { principal, requestId: requestIdOf(response) }, { action: "create", entity: "maintenance", entityId: jobId, before: null, after: {} });
        });
        response.status(202).json({ jobId });
      },
    }),
  ];
}
