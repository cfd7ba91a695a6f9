import { importRoute } from "../catalog/import-route.ts";
import { sendCsv } from "../platform/csv-export.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { type Route, route } from "../platform/route.ts";
import { demandCsv, demandSource } from "./demand-csv.ts";
import { demandPage, demandQuery, getDemandHistory } from "./demand-history.ts";

/** `/api/demand`: the history that forecasts are made from; list, import and export. */
export function demandRoutes(context: FeatureContext): Route[] {
  return [
    route({
      method: "get",
      path: "/api/demand",
      access: "viewer",
      tag: "demand",
      summary: "List what was asked for of an item, day by day, oldest first.",
      query: demandQuery,
      answers: { 200: { description: "A page of days with demand; a day that is not there is a day without.", schema: demandPage } },
      handle: async ({ query, database, response }) => response.json(await getDemandHistory(database, query)),
    }),
    // Nothing that is cached shows demand: forecasts change with the next run.
    importRoute("demand", demandCsv, context, () => Promise.resolve()),
    route({
      method: "get",
      path: "/api/demand/export",
      access: "viewer",
      tag: "demand",
      summary: "Export all demand as a CSV that the import takes.",
      answers: { 200: { description: "The demand in the order of skus, facilities and days.", contentType: "text/csv" } },
      handle: ({ database, response }) => sendCsv(response, database, demandSource(database.tenant)),
    }),
  ];
}
