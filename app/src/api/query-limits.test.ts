import { describe, expect, it } from "@jest/globals";
import { buildSchema, type FragmentDefinitionNode, getOperationAST, Kind, parse } from "graphql";
import { refuseHeavy, weigh, type WeighedOperation } from "./query-limits.ts";

const schema = buildSchema(`
  type Query { things(limit: Int = 50): Page  one: Thing  deep: Node  getForecastAccuracySummary(facility: String, from: String, to: String): Thing }
  type Mutation { start: Started }
  type Page { nodes: [Thing!]!  next: String }
  type Thing { name: String  owner: Owner  tags: [Tag!]! }
  type Owner { name: String }
  type Tag { name: String }
  type Node { value: Int  next: Node }
  type Started { id: ID }
`);

function operation(text: string, variables: Record<string, unknown> = {}): WeighedOperation {
  const document = parse(text);
  const asked = getOperationAST(document);
  if (asked == null) throw new Error("the text has no operation");
  const fragments = document.definitions.filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION);
  return { schema, operation: asked, fragments: new Map(fragments.map((fragment) => [fragment.name.value, fragment])), variables };
}

describe("the weight of a GraphQL operation", () => {
  it.each([
    ["a root field and its object", "{ one { name } }", { depth: 2, cost: 11 }],
    ["values are free", "{ one { name a: name b: name } }", { depth: 2, cost: 11 }],
    ["a page counts its limit for each object in it", "{ things(limit: 3) { nodes { name owner { name } } } }", { depth: 4, cost: 10 + 1 + 3 * 2 }],
    ["a page without a limit counts the default", "{ things { nodes { name } } }", { depth: 3, cost: 10 + 1 + 50 }],
    ["a list without a limit counts as ten", "{ one { tags { name } } }", { depth: 3, cost: 10 + 1 + 10 }],
    ["a limit below one does not make the rest free", "{ things(limit: -5) { nodes { owner { name } } } }", { depth: 4, cost: 10 + 1 + 2 }],
    ["aliases count each", "{ a: one { name } b: one { name } }", { depth: 2, cost: 22 }],
    ["a change costs more than a question", "mutation { start { id } }", { depth: 2, cost: 251 }],
    ["a limit of null counts the default", "{ things(limit: null) { nodes { name } } }", { depth: 3, cost: 10 + 1 + 50 }],
    ["the accuracy of all items as it was measured counts like any question", '{ getForecastAccuracySummary(facility: "main", from: null) { name } }', { depth: 2, cost: 11 }],
    ["the accuracy of all items in a window, which is computed, counts like a change", '{ getForecastAccuracySummary(from: "2024-01-01") { name } }', { depth: 2, cost: 251 }],
    ["introspection is free", "{ __schema { types { fields { type { ofType { ofType { name } } } } } } }", { depth: 0, cost: 0 }],
    ["fragments count like what they stand for", "{ one { ...named ... on Thing { owner { name } } } } fragment named on Thing { name tags { name } }", { depth: 3, cost: 10 + 1 + 10 + 1 }],
  ])("%s", (_, text, weight) => {
    expect(weigh(operation(text))).toEqual(weight);
  });

  it.each([
    ["as it is given", "$limit: Int", { limit: 200 }, 211],
    ["by its default", "$limit: Int = 200", {}, 211],
    ["as it is given, whatever its default", "$limit: Int = 200", { limit: 3 }, 14],
    ["as the argument's default when it is null", "$limit: Int = 200", { limit: null }, 61],
    ["as the argument's default when there is none", "$limit: Int", {}, 61],
  ])("takes the limit from a variable %s", (_, variable, variables, cost) => {
    expect(weigh(operation(`query (${variable}) { things(limit: $limit) { nodes { name } } }`, variables)).cost).toBe(cost);
  });

  it("is known at once for fragments that spread each other over and over", () => {
    const levels = 40;
    const fragments = Array.from({ length: levels }, (_, level) => `fragment f${level} on Node { value ${level + 1 < levels ? `a: next { ...f${level + 1} } b: next { ...f${level + 1} }` : ""} }`);
    expect(weigh(operation(`{ deep { ...f0 } } ${fragments.join(" ")}`))).toEqual({ depth: levels + 1, cost: 10 + 2 ** levels - 1 });
  });

  it("is refused beyond 8 fields in depth and a cost of 1,000", () => {
    const deep = (levels: number) => operation(`{ deep ${"{ next ".repeat(levels - 2)} { value } ${"}".repeat(levels - 2)} }`);
    expect(() => refuseHeavy(deep(8))).not.toThrow();
    expect(() => refuseHeavy(deep(9))).toThrow("The operation is 9 fields deep; at most 8 are allowed.");
    expect(() => refuseHeavy(operation("{ things(limit: 989) { nodes { name } } }"))).not.toThrow();
    expect(() => refuseHeavy(operation("{ things(limit: 990) { nodes { name } } }"))).toThrow("The operation costs 1001; at most 1000 is allowed.");
  });
});
