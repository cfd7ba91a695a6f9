import { z } from "zod";
import type { TenantDatabase } from "../platform/db.ts";
import { InvalidRequestError } from "../platform/errors.ts";
import { text } from "../platform/fields.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { listSuggestions } from "./sql/list-suggestions.ts";
import { urgencies } from "./sql/urgency-of.ts";
import { describeSuggestion, suggestionReply, suggestionStatuses } from "./suggestion.ts";

/** What suggestions can be asked for: those that wait for a decision when nothing is said. */
export const recommendationsQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(suggestionStatuses, `must be one of ${suggestionStatuses.join(", ")}`).default("pending"),
  urgency: z.enum(urgencies, `must be one of ${urgencies.join(", ")}`).optional(),
  facility: text(64).optional(),
});

export const recommendationsPage = z.object({ suggestions: z.array(suggestionReply), nextCursor: z.string().nullable() });

/** Suggestions, the most urgent first. */
export async function getReplenishmentRecommendations(database: TenantDatabase, { limit, cursor, ...filter }: z.infer<typeof recommendationsQuery>): Promise<z.infer<typeof recommendationsPage>> {
  const position = cursor === undefined ? [] : positionOf(cursor);
  const page = toPage(await listSuggestions(database, filter, position, limit + 1), limit, ({ urgencyRank, id }) => [String(urgencyRank), id]);
  return { suggestions: page.rows.map(describeSuggestion), nextCursor: page.nextCursor };
}

function positionOf(cursor: string): string[] {
  const position = decodeCursor(cursor, 2);
  const [rank = "", id] = position;
  if (!/^[1-4]$/.test(rank) || !z.uuid().safeParse(id).success) throw new InvalidRequestError("The query parameter cursor is not one that this list gave.");
  return position;
}
