import { CronExpressionParser } from "cron-parser";

/** When a cron expression (UTC) is due next. */
export function nextRun(cron: string, now: Date): Date {
  return CronExpressionParser.parse(cron, { tz: "UTC", currentDate: now }).next().toDate();
}
