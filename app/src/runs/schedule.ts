import { CronExpressionParser } from "cron-parser";

/** When a cron expression (UTC) is due next. */
export function nextRun(cron: string, now: Date): Date {
  return CronExpressionParser.parse(cron, { tz: "UTC", currentDate: now }).next().toDate();
}

/** When a cron expression (UTC) was due last, before `now`. */
export function lastDue(cron: string, now: Date): Date {
  return CronExpressionParser.parse(cron, { tz: "UTC", currentDate: now }).prev().toDate();
}
