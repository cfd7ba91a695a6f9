import { z } from "zod";
import { inventoryChanged } from "../inventory/inventory-caches.ts";
import { note } from "../inventory/transaction.ts";
import { NotFoundError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { type Decision, decideSuggestion } from "./decide-suggestion.ts";
import { generateSuggestions } from "./generate-suggestions.ts";
import { calculateSafetyStock, itemReplenishment, safetyStockQuery } from "./item-replenishment.ts";
import { getReplenishmentRecommendations, recommendationsPage, recommendationsQuery } from "./list-recommendations.ts";
import { findSuggestion } from "./sql/list-suggestions.ts";
import { describeSuggestion, suggestionReply } from "./suggestion.ts";

const suggestionPath = z.object({ suggestionId: z.uuid("must be the id of a suggestion") });
const decisionBody = z.strictObject({ note: note.optional() });
const generated = z.object({ examined: z.int(), pending: z.int(), expired: z.int() });

/** `/api/replenishment`: what to order and why, and what was decided of it. */
export function replenishmentRoutes({ cache }: FeatureContext): Route[] {
  const decide = (decision: Decision, summary: string) =>
    route({
      method: "post",
      path: `/api/replenishment/suggestions/:suggestionId/${decision}`,
      access: "staff",
      tag: "replenishment",
      summary,
      params: suggestionPath,
      body: decisionBody,
      answers: { 200: { description: "The suggestion as it is now.", schema: suggestionReply } },
      handle: async ({ params, body, principal, database, response }) => {
        const suggestion = await decideSuggestion(database, { principal, requestId: requestIdOf(response) }, params.suggestionId, decision, body.note);
        if (decision === "order") await inventoryChanged(cache, database.tenant);
        response.json(suggestion);
      },
    });

  return [
    route({
      method: "get",
      path: "/api/replenishment/safety-stock",
      access: "viewer",
      tag: "replenishment",
      summary: "Compute the safety stock, the reorder point and the order quantity of an item at a facility.",
      query: safetyStockQuery,
      answers: { 200: { description: "The quantities, what they were computed from and why this way.", schema: itemReplenishment } },
      handle: async ({ query, database, response }) => response.json(await calculateSafetyStock(database, query)),
    }),
    route({
      method: "post",
      path: "/api/replenishment/generate",
      access: "staff",
      tag: "replenishment",
      summary: "Look at the stock of all items and suggest what to order. Pending suggestions are renewed or expire.",
      answers: { 200: { description: "How many items were looked at, and what became of the suggestions.", schema: generated } },
      handle: async ({ principal, database, response }) => response.json(await generateSuggestions(database, { principal, requestId: requestIdOf(response) })),
    }),
    route({
      method: "get",
      path: "/api/replenishment/suggestions",
      access: "viewer",
      tag: "replenishment",
      summary: "List suggestions, the most urgent first: those that wait for a decision, or those of another status.",
      query: recommendationsQuery,
      answers: { 200: { description: "A page of suggestions.", schema: recommendationsPage } },
      handle: async ({ query, database, response }) => response.json(await getReplenishmentRecommendations(database, query)),
    }),
    route({
      method: "get",
      path: "/api/replenishment/suggestions/:suggestionId",
      access: "viewer",
      tag: "replenishment",
      summary: "Show a suggestion.",
      params: suggestionPath,
      answers: { 200: { description: "The suggestion.", schema: suggestionReply } },
      handle: async ({ params: { suggestionId }, database, response }) => {
        const found = await findSuggestion(database, database.tenant, suggestionId);
        if (found === undefined) throw new NotFoundError(`There is no replenishment suggestion ${suggestionId}.`);
        response.json(describeSuggestion(found));
      },
    }),
    decide("accept", "Accept a pending suggestion; it stands until it is ordered or rejected."),
    decide("reject", "Reject a suggestion that is pending or accepted."),
    decide("order", "Note that an accepted suggestion was ordered: the ledger gets the order, and stock on order grows by it."),
  ];
}
