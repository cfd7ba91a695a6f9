import { json, type Request, type RequestHandler, type Response, Router } from "express";
import type { z } from "zod";
import { AppError, ForbiddenError, UnsupportedMediaTypeError } from "./errors.ts";
import type { Database, TenantDatabase } from "./db.ts";
import { type Identify, mayActAs, type Principal, type Role } from "./principal.ts";
import { validate } from "./validation.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** One answer of a route, for its documentation. */
export interface RouteAnswer {
  readonly description: string;
  /** The body when it is JSON. */
  readonly schema?: z.ZodType;
  /** The body when it is not JSON, for example `text/csv`. */
  readonly contentType?: string;
}

interface Described {
  readonly method: Method;
  /** The path as Express writes it, for example `/api/items/:sku`. */
  readonly path: string;
  /** The group that documentation shows it in. */
  readonly tag: string;
  /** One line that says what it does. */
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** The JSON body; a route without it does not read one. */
  readonly body?: z.ZodType;
  /** The type of a body that the route reads as a stream, for example `text/csv`. */
  readonly upload?: string;
  /** The answers besides the problems that every route may give, by status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
}

/** What a handler of a public route works with: the checked parts of the request. */
export interface PublicCall<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
  readonly response: Response;
}

/** What a handler works with: it acts for a principal, and only on the rows of that principal's tenant. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> extends PublicCall<Params, Query, Body> {
  readonly principal: Principal;
  readonly database: TenantDatabase;
}

/** A route of the API as data: what it takes, who may use it, what it answers and what it does. */
export type Route =
  | (Described & { readonly access: "public"; readonly handle: (call: PublicCall) => unknown })
  | (Described & { readonly access: Role; readonly handle: (call: Call) => unknown });

type Output<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

/** A description whose schemas type what its handler is called with. */
interface Definition<Params, Query, Body> extends Omit<Described, "params" | "query" | "body"> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
}

/** A route that everybody may use. */
export function publicRoute<Params extends z.ZodType | undefined = undefined, Query extends z.ZodType | undefined = undefined, Body extends z.ZodType | undefined = undefined>(
  definition: Definition<Params, Query, Body> & { readonly handle: (call: PublicCall<Output<Params>, Output<Query>, Output<Body>>) => unknown },
): Route {
  return { ...definition, access: "public" } as unknown as Route;
}

/** A route for principals with the role `access` or a higher one. */
export function route<Params extends z.ZodType | undefined = undefined, Query extends z.ZodType | undefined = undefined, Body extends z.ZodType | undefined = undefined>(
  definition: Definition<Params, Query, Body> & { readonly access: Role; readonly handle: (call: Call<Output<Params>, Output<Query>, Output<Body>>) => unknown },
): Route {
  return definition as unknown as Route;
}

/** What routes need to be served. */
export interface RouteContext {
  readonly identify: Identify;
  readonly database: Database;
  /** Bytes that a JSON body may have. */
  readonly maxBodyBytes: number;
}

/**
 * Serves routes. In this order: who asks, whether they may, whether the request
 * is well formed; a body is read only from those who may send it.
 */
export function mountRoutes(routes: readonly Route[], context: RouteContext): Router {
  const router = Router();
  const readBody: RequestHandler = json({ limit: context.maxBodyBytes });
  for (const definition of routes) {
    router[definition.method](definition.path, async (request, response) => {
      const principal = definition.access === "public" ? undefined : await authorize(definition.access, request, response, context);
      if (definition.body !== undefined) await parseBody(readBody, request, response);
      const call: PublicCall = {
        params: check(definition.params, request.params, "path parameter"),
        query: check(definition.query, request.query, "query parameter"),
        body: check(definition.body, request.body ?? {}, "field"),
        request,
        response,
      };
      if (definition.access === "public") await definition.handle(call);
      else if (principal !== undefined) await definition.handle({ ...call, principal, database: context.database.of(principal.tenant) });
    });
  }
  return router;
}

async function authorize(needed: Role, request: Request, response: Response, { identify }: RouteContext): Promise<Principal> {
  try {
    const principal = await identify(request);
    if (!mayActAs(principal.role, needed)) throw new ForbiddenError(`This needs the role ${needed}; yours is ${principal.role}.`);
    return principal;
  } catch (error) {
    if (error instanceof AppError && error.status === 401) response.set("WWW-Authenticate", "Bearer");
    throw error;
  }
}

function parseBody(read: RequestHandler, request: Request, response: Response): Promise<void> {
  // The parser passes over what is no JSON as if nothing had been sent; a POST without a body may say that its length is 0.
  if (request.headers["content-length"] !== "0" && request.is("application/json") === false) throw new UnsupportedMediaTypeError("Send the body as JSON, with Content-Type: application/json.");
  return new Promise((resolve, reject) => {
    void read(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error("The body cannot be read."));
    });
  });
}

function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  return schema === undefined ? undefined : validate(schema, value, where);
}
