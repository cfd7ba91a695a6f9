import { z } from "zod";
import { NotFoundError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { findRun } from "../runs/sql/find-run.ts";
import { newestCompletedRun } from "../runs/sql/newest-run.ts";
import { periodStarts } from "./demand-series.ts";
import { forecastsGroup } from "./forecast-cache.ts";
import { modelNames } from "./model-selection.ts";
import { listForecasts, type StoredForecast } from "./sql/list-forecasts.ts";

const listQuery = z.strictObject({
  ...pageQuery,
  sku: z.string().max(64, "must have at most 64 characters").optional(),
  model: z.enum(modelNames, `must be one of ${modelNames.join(", ")}`).optional(),
  run: z.uuid("must be the id of a run").optional(),
});

const interval = z.object({ lower: z.array(z.number()), upper: z.array(z.number()) });
const forecast = z.object({
  sku: z.string(),
  facility: z.string(),
  model: z.string(),
  period: z.enum(["day", "month"]),
  dates: z.array(z.iso.date()),
  point: z.array(z.number()),
  interval80: interval,
  interval95: interval,
  accuracy: z.object({ judgedBy: z.enum(["mape", "mase"]).nullable(), mape: z.number().nullable(), mapeExcluded: z.int(), wape: z.number().nullable(), mase: z.number().nullable(), bias: z.number().nullable() }),
  historyPeriods: z.int(),
  selection: z.record(z.string(), z.unknown()),
});
const forecastList = z.object({ runId: z.uuid().nullable(), asOf: z.iso.date().nullable(), forecasts: z.array(forecast), nextCursor: z.string().nullable() });

/** `GET /api/forecasts`: the forecasts of the newest completed run, or of the one that is asked for. */
export function forecastRoutes({ cache }: FeatureContext): Route[] {
  return [
    route({
      method: "get",
      path: "/api/forecasts",
      access: "viewer",
      tag: "forecasts",
      summary: "List forecasts of the newest completed run, or of the run that is asked for.",
      query: listQuery,
      answers: { 200: { description: "A page of forecasts.", schema: forecastList } },
      handle: async ({ query: { limit, cursor, sku = null, model = null, run: askedFor }, database, response }) => {
        // The cursor holds on to its run, so that a run that completes meanwhile does not mix two.
        const [cursorRun, ...position] = cursor === undefined ? [] : decodeCursor(cursor, 3);
        const wanted = cursorRun ?? askedFor;
        const body = await cache.json({ cache: "forecasts", group: forecastsGroup(database.tenant), key: JSON.stringify([wanted, position, sku, model, limit]) }, async () => {
          const run = wanted === undefined ? await newestCompletedRun(database) : await findRun(database, wanted);
          if (run === undefined && wanted !== undefined) throw new NotFoundError(`There is no forecast run ${wanted}.`);
          if (run === undefined) return { runId: null, asOf: null, forecasts: [], nextCursor: null };
          const page = toPage(await listForecasts(database, run.runId, position, { sku, model }, limit + 1), limit, (row) => [run.runId, row.sku, row.facility]);
          return { runId: run.runId, asOf: run.asOf, forecasts: page.rows.map(describeForecast), nextCursor: page.nextCursor };
        });
        response.type("application/json").send(body);
      },
    }),
  ];
}

function describeForecast(row: StoredForecast): object {
  return {
    sku: row.sku,
    facility: row.facility,
    model: row.model,
    period: row.period,
    dates: periodStarts(row.nextDay, row.period, row.point.length),
    point: row.point,
    interval80: { lower: row.lower80, upper: row.upper80 },
    interval95: { lower: row.lower95, upper: row.upper95 },
    accuracy: { judgedBy: row.judgedBy, mape: row.itemMape, mapeExcluded: row.mapeExcluded, wape: row.wape, mase: row.mase, bias: row.bias },
    historyPeriods: row.historyPeriods,
    selection: row.selection,
  };
}
