import { type Route, route } from "../platform/route.ts";
import { accuracySummary, accuracySummaryQuery, calculateForecastAccuracy, getForecastAccuracySummary, itemAccuracy, itemAccuracyQuery } from "./forecast-accuracy.ts";

/** `GET /api/forecast/accuracy` and its `/summary`: forecasts against what happened. */
export function accuracyRoutes(): Route[] {
  return [
    route({
      method: "get",
      path: "/api/forecast/accuracy",
      access: "viewer",
      tag: "forecasts",
      summary: "Compare what was forecast for an item in a window with what was asked for.",
      query: itemAccuracyQuery,
      answers: { 200: { description: "The measures; those without a value are null.", schema: itemAccuracy } },
      handle: async ({ query, database, response }) => response.json(await calculateForecastAccuracy(database, query)),
    }),
    route({
      method: "get",
      path: "/api/forecast/accuracy/summary",
      access: "viewer",
      tag: "forecasts",
      summary: "Compare what was forecast for all items in a window with what was asked for.",
      query: accuracySummaryQuery,
      answers: { 200: { description: "The measures overall, by model and by category.", schema: accuracySummary } },
      handle: async ({ query, database, response }) => response.json(await getForecastAccuracySummary(database, query)),
    }),
  ];
}
