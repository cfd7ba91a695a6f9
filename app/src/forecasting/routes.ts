import { z } from "zod";
import type { FeatureContext } from "../platform/feature.ts";
import { text } from "../platform/fields.ts";
import { pageQuery } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { forecastsQuery } from "./forecasts-query.ts";
import { forecastPage } from "./material-forecasts.ts";
import { modelNames } from "./models/models.ts";

/** What `GET /api/forecasts` can be asked for. */
export const forecastListQuery = z.strictObject({
  ...pageQuery,
  sku: text(64).optional(),
  model: z.enum(modelNames, `must be one of ${modelNames.join(", ")}`).optional(),
  run: z.uuid("must be the id of a run").optional(),
});

/** `GET /api/forecasts`: the forecasts of the newest completed run, or of the one that is asked for. */
export function forecastRoutes({ queries }: FeatureContext): Route[] {
  return [
    route({
      method: "get",
      path: "/api/forecasts",
      access: "viewer",
      tag: "forecasts",
      summary: "List forecasts of the newest completed run, or of the run that is asked for.",
      query: forecastListQuery,
      answers: { 200: { description: "A page of forecasts.", schema: forecastPage } },
      handle: ({ query: { limit, cursor, sku = null, model = null, run }, ...asked }) => queries.send(forecastsQuery, asked, { run, sku, model, limit, cursor }),
    }),
  ];
}
