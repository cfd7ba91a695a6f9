import { demandQuery, getDemandHistory } from "../demand/demand-history.ts";
import { accuracySummaryQuery, calculateForecastAccuracy, getForecastAccuracySummary, itemAccuracyQuery } from "../forecasting/forecast-accuracy.ts";
import { getMaterialForecasts } from "../forecasting/material-forecasts.ts";
import { forecastListQuery } from "../forecasting/routes.ts";
import { getForecastModels, selectedModelsQuery } from "../forecasting/selected-models.ts";
import type { Actor } from "../audit/record-change.ts";
import { validate } from "../platform/validation.ts";
import { generateSuggestions } from "../replenishment/generate-suggestions.ts";
import { calculateSafetyStock, safetyStockQuery } from "../replenishment/item-replenishment.ts";
import { getReplenishmentRecommendations, recommendationsQuery } from "../replenishment/list-recommendations.ts";
import { triggerRun } from "../runs/trigger-run.ts";
import { type GraphqlContext, requireRole } from "./graphql-context.ts";
import { scalars } from "./graphql-scalars.ts";

type Arguments = Readonly<Record<string, unknown>>;

/** An object of an answer that belongs to an item. */
interface OfItem {
  readonly sku: string;
}

const item = { item: ({ sku }: OfItem, _: unknown, { items }: GraphqlContext) => items.load(sku) };

/** The fields of schema.graphql: each checks its arguments as the REST route does and calls the same function. */
export const resolvers = {
  ...scalars,
  Query: {
    getDemandHistory: (_: unknown, given: Arguments, { database }: GraphqlContext) => getDemandHistory(database, validate(demandQuery, present(given), "argument")),
    getMaterialForecasts: (_: unknown, given: Arguments, { database }: GraphqlContext) => {
      const { sku = null, model = null, run, limit, cursor } = validate(forecastListQuery, present(given), "argument");
      return getMaterialForecasts(database, { run, sku, model, limit, cursor });
    },
    calculateForecastAccuracy: (_: unknown, given: Arguments, { database }: GraphqlContext) => calculateForecastAccuracy(database, validate(itemAccuracyQuery, present(given), "argument")),
    getForecastAccuracySummary: (_: unknown, given: Arguments, { database }: GraphqlContext) => getForecastAccuracySummary(database, validate(accuracySummaryQuery, present(given), "argument")),
    getForecastModels: (_: unknown, given: Arguments, { database }: GraphqlContext) => getForecastModels(database, validate(selectedModelsQuery, present(given), "argument")),
    calculateSafetyStock: (_: unknown, given: Arguments, { database }: GraphqlContext) => calculateSafetyStock(database, validate(safetyStockQuery, present(given), "argument")),
    getReplenishmentRecommendations: (_: unknown, given: Arguments, { database }: GraphqlContext) => getReplenishmentRecommendations(database, validate(recommendationsQuery, present(given), "argument")),
  },
  Mutation: {
    generateReplenishmentRecommendations: (_: unknown, __: unknown, context: GraphqlContext) => {
      requireRole(context, "staff");
      return generateSuggestions(context.database, actorOf(context));
    },
    generateForecasts: async (_: unknown, __: unknown, context: GraphqlContext) => {
      requireRole(context, "admin");
      return { runId: await triggerRun(context.feature, context.database, actorOf(context)) };
    },
  },
  Forecast: item,
  ForecastAccuracy: item,
  SelectedModels: item,
  DemandHistory: item,
  ItemReplenishment: item,
  ReplenishmentSuggestion: item,
};

function actorOf({ principal, requestId }: GraphqlContext): Actor {
  return { principal, requestId };
}

/** Null means the same as an argument that is not given. */
function present(given: Arguments): Arguments {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}
