import { z } from "zod";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import type { Mailer } from "../platform/mailer.ts";
import type { ScheduledWork } from "../platform/scheduled-work.ts";
import { stableId } from "../platform/stable-id.ts";
import { listTenants } from "../platform/tenant.ts";
import { getDailyReport } from "./daily-report.ts";
import { reportMail } from "./report-mail.ts";

/** The daily start of the reports. */
const DAILY_QUEUE = "report-daily";
/** One report of one tenant. */
export const REPORT_QUEUE = "report";

/** What reports are made with. */
export interface ReportParts {
  readonly config: Config;
  readonly database: Database;
  readonly mailer: Mailer | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

const job = z.object({ tenant: z.string() });

/** Mails each tenant's report every day, and when an administrator asks for one. */
export function scheduledReport({ config, database, mailer, metrics, log }: ReportParts): ScheduledWork[] {
  return [
    {
      queue: DAILY_QUEUE,
      crons: [config.CRON_REPORT],
      handle: async (boss, { id }) => {
        if (mailer === undefined || config.REPORT_TO.length === 0) {
          log.info("the daily report is not sent: SMTP_URL or REPORT_TO is not set");
          return;
        }
        const tenants = await listTenants(database);
        await boss.insert(REPORT_QUEUE, tenants.map((tenant) => ({ id: stableId(REPORT_QUEUE, id, tenant), data: { tenant } })));
      },
    },
    {
      queue: REPORT_QUEUE,
      crons: [],
      handle: async (_boss, { data }) => {
        const { tenant } = job.parse(data);
        if (mailer === undefined || config.REPORT_TO.length === 0) return;
        const report = await getDailyReport(config, database.of(tenant));
        const started = performance.now();
        try {
          await mailer.send({ to: config.REPORT_TO.join(", "), ...reportMail(report) });
        } catch (error) {
          metrics.daily_reports_total.inc({ outcome: "failed" });
          throw error;
        }
        metrics.daily_reports_total.inc({ outcome: "sent" });
        log.info({ tenant, recipients: config.REPORT_TO.length, elapsedMs: Math.round(performance.now() - started) }, "daily report sent");
      },
    },
  ];
}
