import { z } from "zod";
import type { TenantDatabase } from "../platform/db.ts";
import { text } from "../platform/fields.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { modelNames } from "./models/models.ts";
import { listSelectedModels } from "./sql/list-selected-models.ts";

/** Which selections are wanted; `model` is the one that hybrid forecasts use. */
export const selectedModelsQuery = z.strictObject({ ...pageQuery, sku: text(64).optional(), model: z.enum(modelNames, `must be one of ${modelNames.join(", ")}`).optional() });

const selectedModels = z.object({ sku: z.string(), facility: z.string(), regularModel: z.string(), hybridModel: z.string(), selection: z.record(z.string(), z.unknown()), runId: z.uuid(), selectedAt: z.iso.datetime() });
const selectedModelsPage = z.object({ models: z.array(selectedModels), nextCursor: z.string().nullable() });

/** The models that items were found to need by the newest run that looked, and why. */
export async function getForecastModels(database: TenantDatabase, { limit, cursor, ...filter }: z.infer<typeof selectedModelsQuery>): Promise<z.infer<typeof selectedModelsPage>> {
  const position = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const page = toPage(await listSelectedModels(database, position, filter, limit + 1), limit, ({ sku, facility }) => [sku, facility]);
  return { models: page.rows.map((row) => ({ ...row, selectedAt: row.selectedAt.toISOString() })), nextCursor: page.nextCursor };
}

/** `GET /api/forecast/models`. */
export function selectedModelRoutes(): Route[] {
  return [
    route({
      method: "get",
      path: "/api/forecast/models",
      access: "viewer",
      tag: "forecasts",
      summary: "List the models that items were found to need, and why.",
      query: selectedModelsQuery,
      answers: { 200: { description: "A page of selections in the order of skus and facilities.", schema: selectedModelsPage } },
      handle: async ({ query, database, response }) => response.json(await getForecastModels(database, query)),
    }),
  ];
}
