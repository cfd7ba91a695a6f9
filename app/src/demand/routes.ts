import { Router } from "express";
import type { FeatureContext } from "../platform/feature.ts";
import { importRoute } from "../platform/import-route.ts";
import { demandCsv } from "./demand-csv.ts";

/** `POST /api/demand/import`: the history that forecasts are made from. */
export function demandRoutes(context: FeatureContext): Router {
  const router = Router();
  // Nothing that is cached shows demand: forecasts change with the next run.
  router.post(
    "/api/demand/import",
    context.serviceToken,
    importRoute("demand", demandCsv, context, () => Promise.resolve()),
  );
  return router;
}
