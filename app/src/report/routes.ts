import { randomUUID } from "node:crypto";
import { z } from "zod";
import { recordChange } from "../audit/record-change.ts";
import { ConflictError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { dailyReport, getDailyReport } from "./daily-report.ts";
import { REPORT_QUEUE } from "./scheduled-report.ts";

/** `GET /api/reports/daily` and `POST /api/reports/daily/send`. */
export function reportRoutes({ config, jobs, mailer }: FeatureContext): Route[] {
  return [
    route({
      method: "get",
      path: "/api/reports/daily",
      access: "viewer",
      tag: "reports",
      summary: "Show what the daily report would say now.",
      answers: { 200: { description: "The report.", schema: dailyReport } },
      handle: async ({ database, response }) => response.json(await getDailyReport(config, database)),
    }),
    route({
      method: "post",
      path: "/api/reports/daily/send",
      access: "admin",
      tag: "reports",
      summary: "Mail the daily report now, to the addresses that get it every day.",
      answers: { 202: { description: "It will be sent.", schema: z.object({ jobId: z.uuid() }) } },
      handle: async ({ database, principal, response }) => {
        if (mailer === undefined || config.REPORT_TO.length === 0) throw new ConflictError("No mail can be sent: set SMTP_URL and REPORT_TO first.");
        const jobId = randomUUID();
        await database.transaction(async (transaction) => {
          await jobs.send(transaction, REPORT_QUEUE, jobId, { tenant: database.tenant });
          await recordChange(transaction, { principal, requestId: requestIdOf(response) }, { action: "create", entity: "report", entityId: jobId, before: null, after: {} });
        });
        response.status(202).json({ jobId });
      },
    }),
  ];
}
