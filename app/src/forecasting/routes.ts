import { Router } from "express";
import { z } from "zod";
import { NotFoundError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { TENANT } from "../platform/tenant.ts";
import { validate } from "../platform/validation.ts";
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

/** `GET /api/forecasts`: the forecasts of the newest completed run, or of the one that is asked for. */
export function forecastRoutes({ database, cache }: FeatureContext): Router {
  const router = Router();
  router.get("/api/forecasts", async (request, response) => {
    const query = validate(listQuery, request.query, "query parameter");
    const { limit, cursor, sku = null, model = null } = query;
    // The cursor holds on to its run, so that a run that completes meanwhile does not mix two.
    const [cursorRun, ...position] = cursor === undefined ? [] : decodeCursor(cursor, 3);
    const wanted = cursorRun ?? query.run;
    const body = await cache.json({ cache: "forecasts", group: forecastsGroup(TENANT), key: JSON.stringify([wanted, position, sku, model, limit]) }, async () => {
      const run = wanted === undefined ? await newestCompletedRun(database, TENANT) : await findRun(database, TENANT, wanted);
      if (run === undefined && wanted !== undefined) throw new NotFoundError(`There is no forecast run ${wanted}.`);
      if (run === undefined) return { runId: null, asOf: null, forecasts: [], nextCursor: null };
      const page = toPage(await listForecasts(database, run.runId, TENANT, position, { sku, model }, limit + 1), limit, (row) => [run.runId, row.sku, row.facility]);
      return { runId: run.runId, asOf: run.asOf, forecasts: page.rows.map(describeForecast), nextCursor: page.nextCursor };
    });
    response.type("application/json").send(body);
  });
  return router;
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
