import { importRoute } from "../catalog/import-route.ts";
import type { FeatureContext } from "../platform/feature.ts";
import type { Route } from "../platform/route.ts";
import { demandCsv } from "./demand-csv.ts";

/** `POST /api/demand/import`: the history that forecasts are made from. */
export function demandRoutes(context: FeatureContext): Route[] {
  // Nothing that is cached shows demand: forecasts change with the next run.
  return [importRoute("demand", demandCsv, context, () => Promise.resolve())];
}
