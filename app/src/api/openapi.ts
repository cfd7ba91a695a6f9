import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { z } from "zod";
import type { Route, RouteAnswer } from "../platform/route.ts";

/** Problem details (RFC 9457): the body of every answer that is an error. */
const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    requestId: z.string(),
  })
  .meta({ id: "Problem", description: "Problem details (RFC 9457). detail says in a sentence what is wrong; requestId finds the request in the logs." });

const requestId = z.string().meta({ header: { id: "X-Request-Id" }, description: "The request's id, which is in the logs; a short plain X-Request-Id of the caller is taken over." });
const rateLimit = z.string().meta({ header: { id: "RateLimit" }, description: "How many requests are left (r), and seconds until there are more (t)." });
const rateLimitPolicy = z.string().meta({ header: { id: "RateLimit-Policy" }, description: "How many requests (q) may be sent in how many seconds (w)." });
const retryAfter = z.string().meta({ header: { id: "Retry-After" }, description: "Seconds to wait before the next request." });

/** Headers of every answer to a request that counts against the rate limit. */
const limitHeaders = { RateLimit: rateLimit, "RateLimit-Policy": rateLimitPolicy };

const problems = {
  invalid: problemResponse("Invalid", "A part of the request is not well formed; detail names it."),
  unauthorized: problemResponse("Unauthorized", "There is no token, or it is not valid."),
  forbidden: problemResponse("Forbidden", "The token's role does not suffice."),
  notFound: problemResponse("NotFound", "What the path names does not exist for this tenant."),
  tooLarge: problemResponse("TooLarge", "The body has more bytes than the route takes."),
  unsupported: problemResponse("UnsupportedMediaType", "The body is not of the type that the route takes."),
  tooMany: problemResponse("TooManyRequests", "The rate limit is used up.", { "Retry-After": retryAfter, ...limitHeaders }),
  refused: problemResponse("Refused", "Any other problem of the request."),
  failed: problemResponse("Failed", "The service failed to answer, for example with 503 while the database does not answer it."),
};

function problemResponse(id: string, description: string, headers: Readonly<Record<string, z.ZodType>> = {}): ZodOpenApiResponseObject {
  return { id, description, headers: z.object({ "X-Request-Id": requestId, ...headers }), content: { "application/problem+json": { schema: problem } } };
}

/** What documentation says of each group of routes; a group without an entry is shown by its name. */
const tagDescriptions: Readonly<Record<string, string>> = {
  items: "The catalogue: what is sold.",
  inventory: "What is stocked where, and how it changes.",
  demand: "What was asked for on which day.",
  forecasts: "Forecast runs, their forecasts and how accurate they are.",
  replenishment: "What to order, and why.",
  reports: "What is told every day.",
  auth: "Users, tokens and passwords.",
  audit: "Who changed what.",
  flags: "The feature flags of the installation.",
  health: "Whether the service serves.",
  api: "This description of the API, and GraphQL.",
};

/** The OpenAPI 3.1 document of the routes that are given: whatever they take and answer is taken from their schemas. */
export function describeApi(routes: readonly Route[], version: string): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) (paths[documentedPath(route.path)] ??= {})[route.method] = describeRoute(route);
  const tags = [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name, description: tagDescriptions[name] ?? `Routes of ${name}.` }));
  return createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Forecast service",
        version,
        description:
          "Demand forecasts, stock and replenishment of one tenant: the one that the token belongs to. Lists come in pages: send nextCursor of one page as cursor for the next. Errors are application/problem+json.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/", description: "The service that gave this document." }],
      tags,
      paths: paths,
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "The access token of POST /api/auth/login, a service token, or a token of the OpenID provider that the service trusts." },
        },
      },
    },
    { override: simplify },
  );
}

/** `/api/items/:sku` as OpenAPI writes it: `/api/items/{sku}`. */
export function documentedPath(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}");
}

function describeRoute(route: Route): ZodOpenApiOperationObject {
  const { params, query, body, upload } = route;
  const isPublic = route.access === "public";
  const content = { ...(body === undefined ? {} : { "application/json": { schema: body } }), ...(upload === undefined ? {} : { [upload]: { schema: { type: "string" as const } } }) };
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(isPublic ? {} : { description: `Needs the role ${route.access} or a higher one.` }),
    security: isPublic ? [] : [{ bearer: [] }],
    requestParams: { ...(params === undefined ? {} : { path: params as z.ZodObject }), ...(query === undefined ? {} : { query: query as z.ZodObject }) },
    ...(Object.keys(content).length === 0 ? {} : { requestBody: { required: true, content } }),
    responses: describeAnswers(route),
  };
}

/** A name that clients made from the document can use, for example `getApiItemsSku`. */
function operationId({ method, path }: Route): string {
  return method + path.split(/\W+/).filter(Boolean).map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
}

function describeAnswers(route: Route): ZodOpenApiResponsesObject {
  const isPublic = route.access === "public";
  const takesBody = route.body !== undefined || route.upload !== undefined;
  const headers = { "X-Request-Id": requestId, ...(isPublic ? {} : limitHeaders) };
  const answers = Object.entries(route.answers).map(([status, answer]) => [status, describeAnswer(answer, headers)] as const);
  return {
    ...(takesBody || route.query !== undefined || route.params !== undefined ? { 400: problems.invalid } : {}),
    ...(isPublic ? {} : { 401: problems.unauthorized, 403: problems.forbidden, 429: problems.tooMany }),
    ...(route.params === undefined ? {} : { 404: problems.notFound }),
    ...(takesBody ? { 413: problems.tooLarge } : {}),
    ...(route.upload === undefined ? {} : { 415: problems.unsupported }),
    ...Object.fromEntries(answers),
    "4XX": problems.refused,
    "5XX": problems.failed,
  };
}

function describeAnswer({ description, schema, contentType }: RouteAnswer, headers: Readonly<Record<string, z.ZodType>>): ZodOpenApiResponseObject {
  const json = schema === undefined ? {} : { "application/json": { schema } };
  const other = contentType === undefined ? {} : { [contentType]: { schema: { type: "string" as const } } };
  const content = { ...json, ...other };
  return { description, headers: z.object(headers), ...(Object.keys(content).length === 0 ? {} : { content }) };
}

/** Leaves out what a format says already, and what would forbid answers to have more fields in a later version. */
function simplify({ jsonSchema, io }: { readonly jsonSchema: Record<string, unknown>; readonly io: "input" | "output" }): void {
  if (jsonSchema["format"] !== undefined) delete jsonSchema["pattern"];
  if (jsonSchema["type"] === "integer") {
    if (jsonSchema["minimum"] === Number.MIN_SAFE_INTEGER) delete jsonSchema["minimum"];
    if (jsonSchema["maximum"] === Number.MAX_SAFE_INTEGER) delete jsonSchema["maximum"];
  }
  if (io === "output" && jsonSchema["additionalProperties"] === false) delete jsonSchema["additionalProperties"];
}
