import { z } from "zod";
import { recordChange } from "../audit/record-change.ts";
import { ConflictError, NotFoundError } from "../platform/errors.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { roles } from "../platform/principal.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { createToken } from "./opaque-token.ts";
import { insertServiceToken, listServiceTokens, revokeServiceToken } from "./sql/service-tokens.ts";

/** `service` is the name of the bearer of SVC_JWT. */
const name = z
  .string("must be a text")
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be at most 63 lower-case letters, digits and hyphens")
  .refine((text) => text !== "service", "must not be service, which is the name of the service itself");
const token = z.object({ name: z.string(), role: z.enum(roles), createdBy: z.string(), createdAt: z.iso.datetime(), expiresAt: z.iso.datetime().nullable() });
const days = "must be a whole number of days from 1 to 3650";

/** `/api/auth/service-tokens`: tokens of machines of the tenant, for its administrators. */
export function serviceTokenRoutes(): Route[] {
  return [
    route({
      method: "get",
      path: "/api/auth/service-tokens",
      access: "admin",
      tag: "auth",
      summary: "List the service tokens that are not revoked.",
      query: z.object(pageQuery),
      answers: { 200: { description: "A page of them, without the tokens themselves.", schema: z.object({ serviceTokens: z.array(token), nextCursor: z.string().nullable() }) } },
      handle: async ({ query: { limit, cursor }, database, response }) => {
        const [after] = cursor === undefined ? [""] : decodeCursor(cursor, 1);
        const { rows, nextCursor } = toPage(await listServiceTokens(database, database.tenant, after ?? "", limit + 1), limit, (row) => [row.name]);
        response.json({ serviceTokens: rows, nextCursor });
      },
    }),
    route({
      method: "post",
      path: "/api/auth/service-tokens",
      access: "admin",
      tag: "auth",
      summary: "Make a token for a machine.",
      body: z.strictObject({ name, role: z.enum(roles, `must be one of ${roles.join(", ")}`), expiresInDays: z.int(days).min(1, days).max(3_650, days).optional() }),
      answers: { 201: { description: "The token, which is shown this once.", schema: token.extend({ token: z.string() }) }, 409: { description: "There is a token of this name." } },
      handle: async ({ body, principal, database, response }) => {
        const made = createToken("service", database.tenant);
        const created = await database.transaction(async (transaction) => {
          const stored = await insertServiceToken(transaction, made, { name: body.name, role: body.role, createdBy: principal.subject, days: body.expiresInDays });
          if (stored === undefined) throw new ConflictError(`There is a service token ${body.name} already; revoke it first.`);
          await recordChange(transaction, { principal, requestId: requestIdOf(response) }, { action: "create", entity: "service-token", entityId: body.name, before: null, after: stored });
          return stored;
        });
        response.status(201).set("Cache-Control", "no-store").json({ ...created, token: made.token });
      },
    }),
    route({
      method: "delete",
      path: "/api/auth/service-tokens/:name",
      access: "admin",
      tag: "auth",
      summary: "Revoke a service token, at once.",
      params: z.object({ name }),
      answers: { 204: { description: "It is revoked." } },
      handle: async ({ params, principal, database, response }) => {
        await database.transaction(async (transaction) => {
          const revoked = await revokeServiceToken(transaction, database.tenant, params.name);
          if (revoked === undefined) throw new NotFoundError(`There is no service token ${params.name}.`);
          await recordChange(transaction, { principal, requestId: requestIdOf(response) }, { action: "revoke", entity: "service-token", entityId: params.name, before: revoked, after: null });
        });
        response.status(204).end();
      },
    }),
  ];
}
