import { GraphQLError } from "graphql";
import type { Log } from "../platform/log.ts";
import { asAppError } from "../platform/problem.ts";

/** Variables that do not fit, for example; documents that do not parse or validate have codes of the library. */
const INVALID_OPERATION = "GRAPHQL_INVALID";

/**
 * An error as callers see it: the same sentence as over REST, with a code made
 * from the title of the problem, its status and the request's id. What nobody
 * foresaw is logged and hidden.
 */
export function describeGraphqlError(error: GraphQLError, requestId: string, log: Log): GraphQLError {
  const cause = error.originalError ?? undefined;
  // An error of the library may be about another one of its own: which value does not fit a variable's type, for example.
  if (cause === undefined || cause.name === "GraphQLError") return copy(error, error.message, { code: INVALID_OPERATION, ...error.extensions, requestId });
  const problem = asAppError(cause);
  if (problem.status >= 500) log.error({ err: cause, requestId, path: error.path?.join(".") }, problem.message);
  return copy(error, problem.message, { code: problem.title.toUpperCase().replaceAll(" ", "_"), status: problem.status, ...problem.details, requestId });
}

/** Without the original error, which says more than callers may know. */
function copy({ nodes, source, positions, path }: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null, extensions });
}
