import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  type GraphQLObjectType,
  GraphQLError,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** Fields within fields. */
export const MAX_DEPTH = 8;
/** Objects that an operation may ask for, and what its root fields cost. */
export const MAX_COST = 1_000;
/** Words and signs of a document; more are not even parsed. */
export const MAX_TOKENS = 2_000;

/** A root field runs statements of its own. */
const QUERY_COST = 10;
/** A change costs more, so that one request cannot repeat it hundreds of times; so does a question that goes through the demand of all items. */
const HEAVY_COST = 250;
/** Questions that do so, by the arguments that make them. */
const heavyQuestions: Readonly<Record<string, readonly string[]>> = { getForecastAccuracySummary: ["from", "to"] };
/** Objects that a list without a limit of its own is taken to have. */
const UNLIMITED_LIST = 10;

/** How much an operation asks for. */
export interface Weight {
  readonly depth: number;
  readonly cost: number;
}

/** A valid operation with all that its weight depends on. */
export interface WeighedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An operation while it is weighed. Fragments may spread each other many times over: each is weighed once for each size of page. */
interface Weighing extends WeighedOperation {
  readonly weights: Map<string, Weight>;
}

/**
 * Weighs an operation before it runs. Every object counts as one, times the
 * `limit` of the page that it is in; values within an object are free.
 * Introspection is not counted: it reads no data. Variables that do not fit their
 * types make the operation weigh nothing, because it is refused for them.
 */
export function weigh(weighed: WeighedOperation): Weight {
  const { schema, operation } = weighed;
  const root = schema.getRootType(operation.operation);
  // With their defaults, as they will be when it runs.
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], weighed.variables);
  if (root == null || coerced === undefined) return { depth: 0, cost: 0 };
  return weighSelections({ ...weighed, variables: coerced, weights: new Map() }, operation.selectionSet, root, 0, operation.operation === OperationTypeNode.MUTATION ? HEAVY_COST : QUERY_COST);
}

/** @throws GraphQLError when the operation asks for too much, with what it asks for and what is allowed */
export function refuseHeavy(weighed: WeighedOperation): void {
  const { depth, cost } = weigh(weighed);
  if (depth > MAX_DEPTH) throw tooHeavy(`The operation is ${depth} fields deep; at most ${MAX_DEPTH} are allowed.`);
  if (cost > MAX_COST) throw tooHeavy(`The operation costs ${cost}; at most ${MAX_COST} is allowed. Ask for fewer objects at once, for example with a lower limit.`);
}

function tooHeavy(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "TOO_HEAVY" } });
}

function weighSelections(weighing: Weighing, { selections }: SelectionSetNode, type: GraphQLObjectType, page: number, rootCost: number): Weight {
  let depth = 0;
  let cost = 0;
  for (const selection of selections) {
    const weight =
      selection.kind === Kind.FIELD
        ? weighField(weighing, selection, type, page, rootCost)
        : selection.kind === Kind.INLINE_FRAGMENT
          ? weighSelections(weighing, selection.selectionSet, type, page, rootCost)
          : weighFragment(weighing, selection.name.value, type, page, rootCost);
    depth = Math.max(depth, weight.depth);
    cost += weight.cost;
  }
  return { depth, cost };
}

/**
 * @param page the limit of the page that the field is in, 0 outside of one
 * @param rootCost what a field costs besides its objects, 0 below the root
 */
function weighField(weighing: Weighing, node: FieldNode, parent: GraphQLObjectType, page: number, rootCost: number): Weight {
  const field = parent.getFields()[node.name.value];
  if (field === undefined) return { depth: 0, cost: 0 };
  const given = getArgumentValues(field, node, weighing.variables);
  const ownCost = rootCost > 0 && heavyQuestions[field.name]?.some((name) => given[name] != null) === true ? HEAVY_COST : rootCost;
  const type = getNamedType(field.type);
  if (isLeafType(type) || !isObjectType(type) || node.selectionSet === undefined) return { depth: 1, cost: ownCost };
  const inner = weighSelections(weighing, node.selectionSet, type, limitOf(field, given), 0);
  const times = isList(field.type) ? page || UNLIMITED_LIST : 1;
  return { depth: 1 + inner.depth, cost: ownCost + times * (1 + inner.cost) };
}

/** Null means the same as an argument that is not given: its default. */
function limitOf({ args }: GraphQLField<unknown, unknown>, given: Readonly<Record<string, unknown>>): number {
  const limit = given["limit"] ?? args.find(({ name }) => name === "limit")?.defaultValue;
  // Less than one is refused by the field itself; it must not make the rest free.
  return typeof limit === "number" ? Math.max(limit, 1) : 0;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function weighFragment(weighing: Weighing, name: string, type: GraphQLObjectType, page: number, rootCost: number): Weight {
  // A valid fragment is spread on its own type only, so that the type needs no part in the key.
  const key = `${name} ${page} ${rootCost}`;
  const known = weighing.weights.get(key);
  if (known !== undefined) return known;
  const fragment = weighing.fragments.get(name);
  const weight = fragment === undefined ? { depth: 0, cost: 0 } : weighSelections(weighing, fragment.selectionSet, type, page, rootCost);
  weighing.weights.set(key, weight);
  return weight;
}
