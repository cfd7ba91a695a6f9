import { z } from "zod";
import { accuracyOf } from "../forecasting/accuracy-summary.ts";
import { listNewestAccuracy } from "../forecasting/sql/list-kept-accuracy.ts";
import { readHealthReport } from "../health/sql/health-report.ts";
import type { Config } from "../platform/config.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { countPending } from "../replenishment/sql/count-pending.ts";
import { listSuggestions } from "../replenishment/sql/list-suggestions.ts";
import { urgencies } from "../replenishment/sql/urgency-of.ts";
import { listWorstItems } from "../runs/sql/list-worst-items.ts";
import { type EndedRun, recentRuns } from "./sql/recent-runs.ts";

const measure = z.number().nullable();
const day = z.iso.date();

/** What a tenant is told every day. */
export const dailyReport = z.object({
  tenant: z.string(),
  version: z.string(),
  generatedAt: z.iso.datetime(),
  /** What the health job found last; null before its first run. */
  health: z.object({ status: z.enum(["healthy", "degraded", "unhealthy"]), checkedAt: z.iso.datetime(), faults: z.array(z.string()) }).nullable(),
  mapeThreshold: z.number(),
  /** The runs that ended last, newest first: the first is what the report is about. */
  runs: z.array(
    z.object({
      runId: z.uuid(),
      status: z.enum(["completed", "failed"]),
      finishedAt: z.iso.datetime(),
      seconds: measure,
      items: z.int(),
      asOf: day.nullable(),
      error: z.string().nullable(),
      mape: measure,
      wape: measure,
      highVarianceItems: z.int().nullable(),
      /** Items with a MAPE above 25 %. */
      outlierItems: z.int().nullable(),
    }),
  ),
  /** Of the newest completed run; null when INCLUDE_HIGH_VARIANCE_ITEMS_IN_REPORT or, at its end, ENABLE_ITEM_MAPE_MONITORING was false, or there is no such run. */
  highVariance: z
    .object({
      count: z.int(),
      allowed: z.int(),
      abovePercent: z.number(),
      items: z.array(z.object({ sku: z.string(), facility: z.string(), model: z.string(), mape: measure, wape: measure, volume: z.number() })),
    })
    .nullable(),
  /** What the forecasts for the last 30 known days were worth; null before they were measured. */
  measured: z.object({ from: day, to: day, series: z.int(), mape: measure, wape: measure, bias: measure, leaning: z.int() }).nullable(),
  replenishment: z.object({
    pending: z.int(),
    critical: z.int(),
    mostUrgent: z.array(z.object({ sku: z.string(), facility: z.string(), urgency: z.enum(urgencies), quantity: z.number(), supplier: z.string().nullable() })),
  }),
});

export type DailyReport = z.infer<typeof dailyReport>;

const RUNS = 7;
const MOST_URGENT = 10;

/** Reads what there is to tell a tenant. */
export async function getDailyReport(config: Config, database: TenantDatabase): Promise<DailyReport> {
  const runs = await recentRuns(database, RUNS);
  const [health, measured, counts, urgent, highVariance] = await Promise.all([
    readHealthReport(database),
    measuredAccuracyOf(database),
    countPending(database),
    listSuggestions(database, { status: "pending" }, [], MOST_URGENT),
    highVarianceOf(config, database, runs),
  ]);
  return {
    tenant: database.tenant,
    version: config.APP_VERSION,
    generatedAt: new Date().toISOString(),
    health: health === undefined ? null : { status: health.status, checkedAt: health.checkedAt.toISOString(), faults: health.checks.filter(({ status }) => status !== "healthy").map(({ name, message }) => `${name}: ${message}`) },
    mapeThreshold: config.MAPE_THRESHOLD,
    runs: runs.map(describeRun),
    highVariance,
    measured,
    replenishment: { ...counts, mostUrgent: urgent.map(({ sku, facility, urgency, quantity, supplier }) => ({ sku, facility, urgency, quantity, supplier })) },
  };
}

/** The newest measured period, added up as the API's summary of it is. */
async function measuredAccuracyOf(database: TenantDatabase): Promise<DailyReport["measured"]> {
  const measured = await listNewestAccuracy(database, { facility: null, category: null });
  if (measured === undefined) return null;
  const { from, to, parts } = measured;
  const { items, mape, wape, bias } = accuracyOf("all", parts);
  return { from, to, series: items, mape, wape, bias, leaning: parts.reduce((count, { leaning, items: series }) => (leaning ? count + series : count), 0) };
}

function describeRun({ summary, finishedAt, ...run }: EndedRun): DailyReport["runs"][number] {
  return { ...run, finishedAt: finishedAt.toISOString(), mape: summary?.overall.mape ?? null, wape: summary?.overall.wape ?? null, highVarianceItems: summary?.overall.highVarianceItems ?? null, outlierItems: summary?.outliers?.items ?? null };
}

async function highVarianceOf(config: Config, database: TenantDatabase, runs: readonly EndedRun[]): Promise<DailyReport["highVariance"]> {
  const newest = runs.find(({ status }) => status === "completed");
  if (!config.INCLUDE_HIGH_VARIANCE_ITEMS_IN_REPORT || newest?.summary === undefined || newest.summary === null) return null;
  const { thresholds: { itemMape }, overall } = newest.summary;
  if (itemMape === null) return null;
  const items = await listWorstItems(database, newest.runId, "mape", itemMape, config.MAX_HIGH_VARIANCE_ITEMS_IN_REPORT);
  return {
    count: overall.highVarianceItems,
    allowed: config.MAX_HIGH_VARIANCE_ITEMS_ALLOWED,
    abovePercent: itemMape,
    items: items.map(({ sku, facility, model, mape, wape, volume }) => ({ sku, facility, model, mape, wape, volume })),
  };
}
