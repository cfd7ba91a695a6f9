import { z } from "zod";
import type { CachedQuery } from "../platform/cached-query.ts";
import { forecastsGroup } from "./forecast-cache.ts";
import { getMaterialForecasts } from "./material-forecasts.ts";
import { modelNames } from "./models/models.ts";

const input = z.strictObject({
  run: z.uuid().optional(),
  sku: z.string().nullable(),
  model: z.enum(modelNames).nullable(),
  limit: z.int().min(1).max(200),
  cursor: z.string().optional(),
});

/** A page of forecasts. */
export const forecastsQuery: CachedQuery<z.infer<typeof input>> = {
  name: "forecasts.list",
  cache: "forecasts",
  input,
  usual: { sku: null, model: null, limit: 50 },
  group: forecastsGroup,
  compute: (database, { run, cursor, ...wanted }) => getMaterialForecasts(database, { ...wanted, run, cursor }),
};
