import { z } from "zod";

const TIMEOUT_MS = 5_000;

/**
 * Every query and mutation that callers were promised, none of them run: what is
 * skipped must still exist, with these arguments, or the document is refused.
 */
export const documents = [
  `{
    __typename
    getDemandHistory(sku: "-", limit: 1) @skip(if: true) { demand { date quantity } }
    getMaterialForecasts(limit: 1) @skip(if: true) { runId }
    calculateSafetyStock(sku: "-") @skip(if: true) { safetyStock reorderPoint }
    calculateForecastAccuracy(sku: "-") @skip(if: true) { mape }
    getForecastAccuracySummary @skip(if: true) { overall { mape } }
    getForecastModels(limit: 1) @skip(if: true) { models { hybridModel } }
    getReplenishmentRecommendations(limit: 1) @skip(if: true) { suggestions { quantity urgency } }
  }`,
  `mutation {
    __typename
    generateForecasts @skip(if: true) { runId }
    generateReplenishmentRecommendations @skip(if: true) { pending }
  }`,
];

/** Queries and mutations that the probe asks for. */
export const PROBED_OPERATIONS = 9;

const answer = z.object({ data: z.object({ __typename: z.string() }).nullish(), errors: z.array(z.object({ message: z.string() })).optional() });

/** Asks the GraphQL endpoint as any caller does; a sentence when something is wrong with it, else undefined. */
export async function probeGraphql(origin: string, token: string): Promise<string | undefined> {
  for (const query of documents) {
    try {
      const response = await fetch(`${origin}/graphql`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify({ query }), signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) return `GraphQL answers with status ${response.status}.`;
      const { data, errors } = answer.parse(await response.json());
      if (errors !== undefined) return `GraphQL lacks a part of its contract: ${errors.map(({ message }) => message).join(" ")}`;
      if (data == null) return "GraphQL gives no data.";
    } catch {
      return "GraphQL does not answer.";
    }
  }
  return undefined;
}
