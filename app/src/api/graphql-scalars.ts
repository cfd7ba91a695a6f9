import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from "graphql";
import { z } from "zod";

const day = z.iso.date();

function asDay(value: unknown): string {
  const parsed = day.safeParse(value);
  if (!parsed.success) throw new GraphQLError("A Date is a day as YYYY-MM-DD.");
  return parsed.data;
}

/** YYYY-MM-DD, as text on both sides. */
const dateScalar = new GraphQLScalarType<string, string>({
  name: "Date",
  serialize: asDay,
  parseValue: asDay,
  parseLiteral: (node) => asDay(node.kind === Kind.STRING ? node.value : undefined),
});

const jsonScalar = new GraphQLScalarType({
  name: "JSON",
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

/** The scalars of schema.graphql. */
export const scalars = { Date: dateScalar, JSON: jsonScalar };
