import { z } from "zod";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { roles } from "../platform/principal.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { emailAddress } from "./email-address.ts";
import { newPassword } from "./passwords.ts";
import { listUsers } from "./sql/users.ts";
import { addUser, changeUser, removeUser } from "./users.ts";

const role = z.enum(roles, `must be one of ${roles.join(", ")}`);
const user = z.object({ email: z.string(), role: z.enum(roles), active: z.boolean(), createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() });
const params = z.object({ email: emailAddress });
const change = z.strictObject({ role: role.optional(), active: z.boolean("must be true or false").optional(), password: newPassword.optional() });

/** `/api/auth/users`: the users of the tenant, for its administrators. */
export function userRoutes(): Route[] {
  return [
    route({
      method: "get",
      path: "/api/auth/users",
      access: "admin",
      tag: "auth",
      summary: "List the users.",
      query: z.object(pageQuery),
      answers: { 200: { description: "A page of them, in the order of their addresses.", schema: z.object({ users: z.array(user), nextCursor: z.string().nullable() }) } },
      handle: async ({ query: { limit, cursor }, database, response }) => {
        const [after] = cursor === undefined ? [""] : decodeCursor(cursor, 1);
        const { rows, nextCursor } = toPage(await listUsers(database, database.tenant, after ?? "", limit + 1), limit, ({ email }) => [email]);
        response.json({ users: rows, nextCursor });
      },
    }),
    route({
      method: "post",
      path: "/api/auth/users",
      access: "admin",
      tag: "auth",
      summary: "Add a user.",
      body: z.strictObject({ email: emailAddress, password: newPassword, role }),
      answers: { 201: { description: "The user.", schema: user }, 409: { description: "There is a user with this address." } },
      handle: async ({ body, principal, database, response }) => {
        const created = await addUser(database, { principal, requestId: requestIdOf(response) }, body);
        response.status(201).location(`/api/auth/users/${encodeURIComponent(created.email)}`).json(created);
      },
    }),
    route({
      method: "put",
      path: "/api/auth/users/:email",
      access: "admin",
      tag: "auth",
      summary: "Change the role or the password of a user, or deactivate the user; what is left out stays.",
      params,
      body: change,
      answers: { 200: { description: "The user. Refresh tokens end at once; an access token is valid until it expires.", schema: user }, 409: { description: "No active administrator would be left." } },
      handle: async ({ params: { email }, body, principal, database, response }) => {
        response.json(await changeUser(database, { principal, requestId: requestIdOf(response) }, email, body));
      },
    }),
    route({
      method: "delete",
      path: "/api/auth/users/:email",
      access: "admin",
      tag: "auth",
      summary: "Remove a user.",
      params,
      answers: { 204: { description: "The user is gone." }, 409: { description: "No active administrator would be left." } },
      handle: async ({ params: { email }, principal, database, response }) => {
        await removeUser(database, { principal, requestId: requestIdOf(response) }, email);
        response.status(204).end();
      },
    }),
  ];
}
