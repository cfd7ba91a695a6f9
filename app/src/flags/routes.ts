import { flagName } from "@forecast-stack/flags/flag-definition.ts";
import { flagChange } from "@forecast-stack/flags/flag-history.ts";
import { z } from "zod";
import { ForbiddenError, InvalidRequestError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { DEFAULT_TENANT } from "../platform/tenant.ts";
import { listFlagChanges } from "./sql/list-flag-changes.ts";

/** `GET /api/flags/history`: who changed which flag. */
export function flagRoutes({ database: stack }: Pick<FeatureContext, "database">): Route[] {
  return [
    route({
      method: "get",
      path: "/api/flags/history",
      access: "admin",
      tag: "flags",
      summary: "List the changes of the feature flags, the newest first: of all flags or of one. Flags are of the whole installation: only administrators of its own tenant may.",
      query: z.object({ ...pageQuery, flag: flagName.optional() }),
      answers: { 200: { description: "A page of them, each with the hash that links it to the one before.", schema: z.object({ changes: z.array(flagChange), nextCursor: z.string().nullable() }) } },
      handle: async ({ query: { limit, cursor, flag }, principal, response }) => {
        if (principal.tenant !== DEFAULT_TENANT) throw new ForbiddenError("Flags are of the whole installation: only administrators of its own tenant may read their history.");
        const before = cursor === undefined ? undefined : numberOf(cursor);
        const { rows, nextCursor } = toPage(await listFlagChanges(stack, { flag, before }, limit + 1), limit, ({ number }) => [String(number)]);
        response.json({ changes: rows, nextCursor });
      },
    }),
  ];
}

function numberOf(cursor: string): string {
  const [number] = decodeCursor(cursor, 1);
  if (number === undefined || !/^\d{1,18}$/.test(number)) throw new InvalidRequestError("The query parameter cursor is not one that this list gave.");
  return number;
}
