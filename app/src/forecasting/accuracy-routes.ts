import { type Route, route } from "../platform/route.ts";
import { accuracyHistoryPage, accuracyHistoryQuery, getAccuracyHistory } from "./accuracy-history.ts";
import { accuracySummary, accuracySummaryQuery, calculateForecastAccuracy, getForecastAccuracySummary, itemAccuracy, itemAccuracyQuery } from "./forecast-accuracy.ts";

/** `GET /api/forecast/accuracy`, its `/history` and its `/summary`: forecasts against what happened. */
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
      path: "/api/forecast/accuracy/history",
      access: "viewer",
      tag: "forecasts",
      summary: "List how accurate the forecasts for an item turned out to be, period by period.",
      query: accuracyHistoryQuery,
      answers: { 200: { description: "A page of measured periods, newest first.", schema: accuracyHistoryPage } },
      handle: async ({ query, database, response }) => response.json(await getAccuracyHistory(database, query)),
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
