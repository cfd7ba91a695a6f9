import type { HealthStatus } from "../platform/health.ts";
import type { Check, CheckName } from "./check.ts";

/** Milliseconds above which Postgres or one of its queries is too slow. */
export const SLOW_MS = 1_000;
/** Percent of MAPE over 30 days above which forecasts are not worth following. */
export const MAPE_ALERT_PERCENT = 50;

/** @param latencyMs of the smallest question; undefined: Postgres did not answer it */
export function judgeDatabase(latencyMs: number | undefined): Check {
  if (latencyMs === undefined) return check("database", "unhealthy", "The database does not answer.", {});
  const values = { latencyMs: rounded(latencyMs) };
  return latencyMs > SLOW_MS ? check("database", "degraded", `The database took ${Math.round(latencyMs)} ms to answer.`, values) : check("database", "healthy", "The database answers.", values);
}

/**
 * @param missing tables that the service needs and that are not there
 * @param unprotected tables of tenants whose rows are not kept apart
 */
export function judgeTables({ missing, unprotected, tables }: { readonly missing: readonly string[]; readonly unprotected: readonly string[]; readonly tables: number }): Check {
  const values = { tables, missing: missing.length, unprotected: unprotected.length };
  if (missing.length > 0) return check("tables", "unhealthy", `Missing: ${missing.join(", ")}.`, values);
  if (unprotected.length > 0) return check("tables", "unhealthy", `Row-level security does not keep tenants apart in ${unprotected.join(", ")}.`, values);
  return check("tables", "healthy", "All tables are there, each with the policy that keeps tenants apart.", values);
}

/** Rows of all tenants. */
export interface DataVolume {
  readonly items: number;
  readonly demandRecords: number;
  readonly forecasts: number;
  /** Periods of series whose forecasts were compared with what happened. */
  readonly accuracyMetrics: number;
}

export function judgeDataVolume(volume: DataVolume): Check {
  const values = { ...volume };
  if (volume.items > 0 && volume.demandRecords === 0) return check("data-volume", "degraded", "There are items but no demand: nothing can be forecast.", values);
  return check("data-volume", "healthy", `${volume.demandRecords} records of demand, ${volume.forecasts} forecasts, ${volume.accuracyMetrics} measures of their accuracy.`, values);
}

/** Accuracy of the forecasts of the last 30 days in percent, of the tenant with the highest MAPE; null: no back-test has a value. */
export interface RecentAccuracy {
  readonly mape: number | null;
  readonly bias: number | null;
}

/** Items of high variance of the newest runs, and how many there may be; undefined: nobody minds. */
export interface HighVariance {
  readonly items: number;
  readonly allowed: number | undefined;
}

export function judgeAccuracy({ mape, bias }: RecentAccuracy, { items, allowed }: HighVariance): Check {
  const values = { mapePercent: rounded(mape), biasPercent: rounded(bias), highVarianceItems: items };
  if (allowed !== undefined && items > allowed) return check("accuracy", "degraded", `${items} items have a MAPE far above the target, more than the ${allowed} that are allowed.`, values);
  if (mape === null) return check("accuracy", "healthy", "No forecast of the last 30 days has a MAPE.", values);
  const sentence = `MAPE of the last 30 days is ${mape.toFixed(1)} %`;
  return mape > MAPE_ALERT_PERCENT ? check("accuracy", "degraded", `${sentence}, above ${MAPE_ALERT_PERCENT} %.`, values) : check("accuracy", "healthy", `${sentence}.`, values);
}

/** Suggestions of all tenants that wait for a decision. */
export function judgeReplenishment({ pending, critical }: { readonly pending: number; readonly critical: number }): Check {
  const values = { pending, critical };
  return critical > 0 ? check("replenishment", "degraded", `${critical} of ${pending} pending suggestions ${critical === 1 ? "is" : "are"} critical: nothing is left to promise.`, values) : check("replenishment", "healthy", `${pending} suggestions are pending, none of them critical.`, values);
}

/** @param problem why the endpoint does not do all that it should; undefined: it does */
export function judgeGraphql(problem: string | undefined, operations: number): Check {
  return check("graphql", problem === undefined ? "healthy" : "unhealthy", problem ?? "GraphQL answers, and has every query and mutation of its contract.", { operations });
}

export function judgeQueries({ demandMs, forecastsMs }: { readonly demandMs: number; readonly forecastsMs: number }): Check {
  const values = { demandMs: rounded(demandMs), forecastsMs: rounded(forecastsMs) };
  const slow = [["demand history", demandMs], ["forecasts", forecastsMs]].filter((query): query is [string, number] => Number(query[1]) > SLOW_MS);
  if (slow.length === 0) return check("query-performance", "healthy", `Reading demand took ${Math.round(demandMs)} ms, reading forecasts ${Math.round(forecastsMs)} ms.`, values);
  return check("query-performance", "degraded", `Reading ${slow.map(([what, ms]) => `${what} took ${Math.round(ms)} ms`).join(" and ")}, more than ${SLOW_MS} ms.`, values);
}

/** @param invalid indexes that a broken build left behind: Postgres keeps them up to date and never reads them */
export function judgeIndexes({ missing, invalid, indexes }: { readonly missing: readonly string[]; readonly invalid: readonly string[]; readonly indexes: number }): Check {
  const values = { indexes, missing: missing.length, invalid: invalid.length };
  const problems = [missing.length > 0 ? `Missing: ${missing.join(", ")}.` : "", invalid.length > 0 ? `Not usable: ${invalid.join(", ")}; REINDEX makes it again.` : ""].filter((problem) => problem !== "");
  return problems.length > 0 ? check("indexes", "degraded", problems.join(" "), values) : check("indexes", "healthy", "Every index that queries rest on is there and usable.", values);
}

/** A check that could not be made: what it asks about counts as broken as the check is important. */
export function unmade(name: CheckName, reason: string): Check {
  return check(name, name === "tables" || name === "graphql" || name === "database" ? "unhealthy" : "degraded", `Could not be checked: ${reason}`, {});
}

function check(name: CheckName, status: HealthStatus, message: string, values: Check["values"]): Check {
  return { name, status, message, values };
}

function rounded<Value extends number | null>(value: Value): Value {
  return (value === null ? null : Math.round(value * 10) / 10) as Value;
}
