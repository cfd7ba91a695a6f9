import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, type FragmentDefinitionNode, getOperationAST, type GraphQLError, Kind, NoSchemaIntrospectionCustomRule, parse, type ParseOptions, type Source } from "graphql";
import { createGraphQLError, createSchema, createYoga, type Plugin, renderGraphiQL } from "graphql-yoga";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { FeatureContext } from "../platform/feature.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { publicRoute, type Route, route } from "../platform/route.ts";
import { createGraphqlContext, type GraphqlContext } from "./graphql-context.ts";
import { describeGraphqlError } from "./graphql-errors.ts";
import { MAX_TOKENS, refuseHeavy } from "./query-limits.ts";
import { resolvers } from "./resolvers.ts";

/** The path of the documents, and the one that the rate limit of /api covers like every other. */
const paths = ["/graphql", "/api/graphql"];

const operation = z.object({
  query: z.string("must be the text of a GraphQL operation"),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});
const result = z.object({ data: z.record(z.string(), z.unknown()).nullish(), errors: z.array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()) })).optional() });

/**
 * Characters of documents that are kept parsed and checked: clients send the same
 * few again and again. Parsed, a character takes some 30 bytes.
 */
const KEPT_CHARACTERS = 250_000;
/** The cache takes no size of 0, which an empty document would have. */
const kept = { maxSize: KEPT_CHARACTERS, sizeCalculation: (_value: unknown, document: string) => Math.max(document.length, 1) };

/** GraphiQL is loaded from unpkg.com, which only this page may do. */
const graphiqlPolicy = "default-src 'none'; script-src 'unsafe-inline' blob: https://unpkg.com; style-src 'unsafe-inline' https://unpkg.com; font-src data: https://unpkg.com; img-src data: https:; worker-src blob:; connect-src 'self' https://unpkg.com; base-uri 'none'; frame-ancestors 'none'";

/**
 * `POST /graphql` and `POST /api/graphql`: the same functions as the REST
 * routes. Outside production `GET` shows GraphiQL, and introspection answers.
 */
export function graphqlRoutes(feature: FeatureContext): Route[] {
  const production = feature.config.NODE_ENV === "production";
  const yoga = createYoga<GraphqlContext>({
    schema: createSchema<GraphqlContext>({ typeDefs: readFileSync(join(import.meta.dirname, "schema.graphql"), "utf8"), resolvers }),
    plugins: [limits({ introspection: !production }), errors(feature)],
    // Errors are described by the plugin; what is no error of GraphQL by then comes from the library itself.
    maskedErrors: { errorMessage: "The service failed to answer.", maskError: (error, message) => (isGraphqlError(error) ? error : createGraphQLError(message)) },
    parserAndValidationCache: { documentCache: new LRUCache<string, DocumentNode>(kept), errorCache: new LRUCache<string, object>(kept) },
    graphqlEndpoint: "*",
    batching: false,
    multipart: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    logging: false,
  });
  return paths.flatMap((path) => [
    route({
      method: "post",
      path,
      access: "viewer",
      tag: "api",
      summary: "Run a GraphQL operation.",
      body: operation,
      answers: { 200: { description: "What the operation gave; errors stand beside it, each with a code.", schema: result } },
      handle: async ({ request, response, principal, database }) => {
        await yoga(request, response, createGraphqlContext(feature, { principal, database, requestId: requestIdOf(response) }));
      },
    }),
    ...(production ? [] : [graphiqlRoute(path)]),
  ]);
}

function graphiqlRoute(path: string): Route {
  const page = renderGraphiQL({ title: "Forecast service", endpoint: path, defaultHeaders: '{\n  "Authorization": "Bearer TOKEN"\n}' });
  return publicRoute({
    method: "get",
    path,
    tag: "api",
    summary: "Show GraphiQL, a page to write operations on; not in production.",
    answers: { 200: { description: "The page.", contentType: "text/html" } },
    handle: ({ response }) => response.set("Content-Security-Policy", graphiqlPolicy).type("text/html").send(page),
  });
}

/** Refuses documents that are too long, operations that ask for too much, and introspection where it is off. */
function limits({ introspection }: { readonly introspection: boolean }): Plugin<object, GraphqlContext> {
  return {
    onParse: ({ setParseFn }) => setParseFn((source: string | Source, options?: ParseOptions) => parse(source, { ...options, maxTokens: MAX_TOKENS })),
    onValidate: ({ addValidationRule }) => {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
    onExecute: ({ args }) => {
      const { schema, document, operationName, variableValues } = args as ExecutionArgs;
      const asked = getOperationAST(document, operationName);
      // Without an operation there is nothing to weigh, and execution says so.
      if (asked == null) return;
      const fragments = new Map(document.definitions.filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION).map((fragment) => [fragment.name.value, fragment]));
      refuseHeavy({ schema, operation: asked, fragments, variables: variableValues ?? {} });
    },
  };
}

/** Answers errors as REST does. */
function errors({ log }: FeatureContext): Plugin<object, GraphqlContext> {
  return {
    onExecutionResult: (payload) => {
      // Neither batches nor streams are served: an answer is one result.
      const given = payload.result as ExecutionResult | undefined;
      if (given?.errors === undefined) return;
      payload.setResult({ ...given, errors: given.errors.map((error) => describeGraphqlError(error, payload.context.requestId, log)) });
    },
  };
}

function isGraphqlError(error: unknown): error is GraphQLError {
  return error instanceof Error && error.name === "GraphQLError";
}
