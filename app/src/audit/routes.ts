import { z } from "zod";
import { InvalidRequestError } from "../platform/errors.ts";
import { text } from "../platform/fields.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { listChanges } from "./sql/list-changes.ts";

const name = text(300).optional();
const row = z.record(z.string(), z.unknown()).nullable();
const change = z.object({
  id: z.string(),
  changedAt: z.iso.datetime(),
  actor: z.string(),
  actorKind: z.enum(["user", "service"]),
  action: z.string(),
  entity: z.string(),
  entityId: z.string(),
  before: row,
  after: row,
  requestId: z.string().nullable(),
});

/** `GET /api/audit`: who changed what. */
export function auditRoutes(): Route[] {
  return [
    route({
      method: "get",
      path: "/api/audit",
      access: "admin",
      tag: "audit",
      summary: "List changes, the newest first: all, of one kind of thing (entity), of one thing (entity and entityId) or of one actor.",
      query: z.object({ ...pageQuery, entity: name, entityId: name, actor: name }),
      answers: { 200: { description: "A page of them, each with what was there before and after it.", schema: z.object({ changes: z.array(change), nextCursor: z.string().nullable() }) } },
      handle: async ({ query: { limit, cursor, entity, entityId, actor }, database, response }) => {
        if (entityId !== undefined && entity === undefined) throw new InvalidRequestError("The query parameter entityId needs entity beside it.");
        const before = cursor === undefined ? undefined : entryOf(cursor);
        const { rows, nextCursor } = toPage(await listChanges(database, { entity, entityId, actor, before }, limit + 1), limit, ({ id }) => [id]);
        response.json({ changes: rows, nextCursor });
      },
    }),
  ];
}

function entryOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (id === undefined || !/^\d{1,18}$/.test(id)) throw new InvalidRequestError("The query parameter cursor is not one that this list gave.");
  return id;
}
