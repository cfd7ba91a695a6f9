import { buildSchema, getNamedType, type GraphQLField, type GraphQLObjectType, isLeafType, isNonNullType, isObjectType } from "graphql";

/** A request that a test sends, and how messages name it. */
export interface OperationCall {
  /** For example `GET /api/items` or `query getMaterialForecasts`. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** What is sent for a parameter or argument, by its name; the test must know every name that there is. */
export type ParameterValues = Readonly<Record<string, string | number>>;

/** What is sent as the body of an operation, by `METHOD path`; the test must know every operation that takes one. */
export type Bodies = Readonly<Record<string, object | string>>;

interface DocumentedOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}

/** The part of an OpenAPI document that calls are made from. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

/**
 * Calls of every operation of an OpenAPI document: one with the parameters that
 * it needs, and one more for each that it may have.
 *
 * @throws Error for a parameter or a body that the test has no value for
 */
export function restCalls({ paths }: ApiDocument, values: ParameterValues, bodies: Bodies): OperationCall[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { parameters = [], requestBody }]) => {
      const operation = `${method.toUpperCase()} ${path}`;
      const needed = parameters.filter((parameter) => parameter.in === "query" && parameter.required === true).map(({ name }) => name);
      const optional = parameters.filter((parameter) => parameter.in === "query" && parameter.required !== true).map(({ name }) => name);
      const target = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(values, name, operation)));
      const query = (names: readonly string[]) => (names.length === 0 ? "" : `?${new URLSearchParams(names.map((name) => [name, String(valueOf(values, name, operation))])).toString()}`);
      const sent = requestBody === undefined ? {} : { contentType: Object.keys(requestBody.content)[0] ?? "", body: bodyOf(bodies, operation) };
      return [[], ...optional.map((name) => [name])].map((more) => ({ operation, method: method.toUpperCase(), path: target + query([...needed, ...more]), ...sent }));
    }),
  );
}

/**
 * Calls of every field of Query and Mutation, each with all the values that its
 * answer has: one with the arguments that it needs, and one more for each that
 * it may have.
 *
 * @param sdl the schema
 * @throws Error for an argument that the test has no value for
 */
export function graphqlCalls(sdl: string, values: ParameterValues): OperationCall[] {
  const schema = buildSchema(sdl);
  const roots = [["query", schema.getQueryType()], ["mutation", schema.getMutationType()]] as const;
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).flatMap((field) => {
      const operation = `${kind} ${field.name}`;
      const needed = field.args.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined);
      const optional = field.args.filter((argument) => !needed.includes(argument));
      return [[], ...optional.map((argument) => [argument])].map((more) => {
        const given = [...needed, ...more].map(({ name }) => `${name}: ${JSON.stringify(valueOf(values, name, operation))}`);
        const text = `${kind} { ${field.name}${given.length === 0 ? "" : `(${given.join(", ")})`} ${everyValue(field)} }`;
        return { operation, method: "POST", path: "/graphql", contentType: "application/json", body: JSON.stringify({ query: text }) };
      });
    }),
  );
}

/** Selects all values of a field's answer, objects within objects included. */
function everyValue(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  return isLeafType(type) || !isObjectType(type) ? "" : selectionOf(type);
}

function selectionOf(type: GraphQLObjectType): string {
  return `{ ${Object.values(type.getFields()).map((field) => `${field.name} ${everyValue(field)}`).join(" ")} }`;
}

function valueOf(values: ParameterValues, name: string, operation: string): string | number {
  const value = values[name];
  if (value === undefined) throw new Error(`${operation} takes ${name}: say in the test what it is called with.`);
  return value;
}

function bodyOf(bodies: Bodies, operation: string): string {
  const body = bodies[operation];
  if (body === undefined) throw new Error(`${operation} takes a body: say in the test what it is called with.`);
  return typeof body === "string" ? body : JSON.stringify(body);
}
