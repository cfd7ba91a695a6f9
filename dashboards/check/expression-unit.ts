import { allRuleGroups } from "@forecast-stack/alerts/all-rule-groups.ts";
import { catalogue } from "@forecast-stack/monitoring/catalogue/catalogue.ts";
import type { MetricDefinition, Unit } from "@forecast-stack/monitoring/catalogue/metric-definition.ts";
import { platformMetrics } from "@forecast-stack/monitoring/platform-metrics.ts";
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** What a value is measured in; `number` is a constant, which takes the unit of what stands beside it. */
export interface Dimension {
  readonly unit: Unit | "number";
  readonly per?: "second" | "minute";
  /** The values that a histogram's buckets count. */
  readonly histogramOf?: Unit;
}

/** An expression that cannot be read, or whose parts do not go together. */
export class ExpressionError extends Error {}

/**
 * The units of an expression, from those of the metrics that it names: a rate
 * of a count is a count per second, seconds by seconds are a ratio.
 *
 * @param expression PromQL without variables
 * @returns one for each alternative of `or`
 * @throws ExpressionError when it does not parse, names an unknown metric, or adds seconds to bytes
 */
export function unitsOf(expression: string): Dimension[] {
  const tree = parser.parse(expression);
  tree.iterate({
    enter({ type, from }) {
      if (type.isError) throw new ExpressionError(`PromQL error at "${expression.slice(from)}" of: ${expression}`);
    },
  });
  const root = tree.topNode.firstChild;
  if (root === null) throw new ExpressionError("The expression is empty.");
  return new Reader(expression).alternatives(root);
}

const seriesOfHistogram = /^(?<name>.+)_(?<part>bucket|count|sum)$/;
const recorded = new Map(allRuleGroups.flatMap(({ records = [] }) => records.map(({ record, expr }) => [record, expr] as const)));
const aggregatesToCount = new Set(["count", "count_values", "changes", "resets", "count_over_time"]);
const averages = new Set(["avg", "avg_over_time", "sum_over_time"]);
const rates = new Set(["rate", "irate", "deriv"]);
/** These answer with the unit of what they are given. */
const keepers = new Set(["min", "max", "topk", "bottomk", "quantile", "stddev", "increase", "delta", "idelta", "min_over_time", "max_over_time", "last_over_time", "quantile_over_time", "label_replace", "label_join", "clamp", "clamp_min", "clamp_max", "abs", "ceil", "floor", "round", "scalar", "sort", "sort_desc"]);

class Reader {
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  alternatives(node: SyntaxNode): Dimension[] {
    if (node.name === "ParenExpr") return this.alternatives(only(node));
    if (node.name === "BinaryExpr" && node.getChild("Or") !== null) return sides(node).flatMap((side) => this.alternatives(side));
    return [this.single(node)];
  }

  private single(node: SyntaxNode): Dimension {
    switch (node.name) {
      case "ParenExpr":
      case "OffsetExpr":
      case "StepInvariantExpr":
      case "MatrixSelector":
      case "SubqueryExpr":
        return this.one(only(node));
      case "UnaryExpr":
        return this.one(node.lastChild ?? node);
      case "NumberDurationLiteral":
        return { unit: "number" };
      case "VectorSelector":
        return metric(this.read(node.getChild("Identifier") ?? node));
      case "AggregateExpr":
      case "FunctionCall":
        return this.call(node);
      case "BinaryExpr":
        return this.binary(node);
      default:
        throw new ExpressionError(`${node.name} is not understood here: ${this.read(node)}`);
    }
  }

  /** Where alternatives stand inside an expression, they must be of one unit. */
  private one(node: SyntaxNode): Dimension {
    return this.alternatives(node).reduce((left, right) => this.same(left, right, node));
  }

  private call(node: SyntaxNode): Dimension {
    const name = this.read(node.getChild("AggregateOp") ?? node.getChild("FunctionIdentifier") ?? node).toLowerCase();
    const values = children(node.getChild("FunctionCallBody") ?? node).filter(({ name: kind }) => kind !== "StringLiteral");
    // A number before the series is how many, or which quantile.
    const [first] = values.filter(({ name: kind }) => kind !== "NumberDurationLiteral");
    if (name === "time") return { unit: "timestamp" };
    if (first === undefined) return { unit: "number" };
    if (name === "absent" || name === "group") return { unit: "state" };
    if (aggregatesToCount.has(name)) return { unit: "count" };
    const given = this.one(first);
    if (name === "histogram_quantile") {
      if (given.histogramOf === undefined) throw new ExpressionError(`There is no histogram in ${this.read(first)}`);
      return { unit: given.histogramOf };
    }
    if (rates.has(name)) return given.unit === "seconds" ? { unit: "ratio" } : { ...given, per: "second" };
    if (name === "sum") return given.unit === "state" ? { unit: "count" } : given;
    if (averages.has(name)) return given.unit === "state" ? { unit: "ratio" } : given;
    if (keepers.has(name)) return given;
    throw new ExpressionError(`The unit of ${name}() is not known here.`);
  }

  private binary(node: SyntaxNode): Dimension {
    const [left, right] = sides(node);
    if (node.getChild("And") !== null || node.getChild("Unless") !== null) return this.one(left);
    const [a, b] = [this.one(left), this.one(right)];
    if (node.getChild("Mul") !== null) return this.product(left, a, b, node);
    if (node.getChild("Div") !== null) return this.quotient(a, b, node);
    if (node.getChild("Sub") !== null && a.unit === "timestamp" && b.unit === "timestamp") return { unit: "seconds" };
    if (node.getChild("Add") !== null || node.getChild("Sub") !== null) return this.same(a, b, node);
    this.same(a, b, node);
    return node.getChild("BoolModifier") === null ? a : { unit: "state" };
  }

  private product(left: SyntaxNode, a: Dimension, b: Dimension, node: SyntaxNode): Dimension {
    if (b.per === "second" && this.read(left) === "60") return { ...b, per: "minute" };
    if (a.unit === "number" || a.unit === "ratio") return b;
    if (b.unit === "number" || b.unit === "ratio") return a;
    throw new ExpressionError(`${name(a)} times ${name(b)} is nothing that a panel shows: ${this.read(node)}`);
  }

  private quotient(a: Dimension, b: Dimension, node: SyntaxNode): Dimension {
    if (b.unit === "number") return a;
    if (b.unit === a.unit && b.per === a.per) return { unit: "ratio" };
    throw new ExpressionError(`${name(a)} by ${name(b)} is nothing that a panel shows: ${this.read(node)}`);
  }

  private same(a: Dimension, b: Dimension, node: SyntaxNode): Dimension {
    if (a.unit === "number") return b;
    if (b.unit === "number" || (a.unit === b.unit && a.per === b.per)) return a;
    // States are counted: a sum of them is a count.
    if (new Set([a.unit, b.unit, "state", "count"]).size === 2 && a.per === b.per) return { unit: "count" };
    throw new ExpressionError(`${name(a)} and ${name(b)} do not go together: ${this.read(node)}`);
  }

  private read({ from, to }: SyntaxNode): string {
    return this.text.slice(from, to);
  }
}

function metric(series: string): Dimension {
  const own = catalogued(series);
  if (own !== undefined) return { unit: own.unit };
  const { name: histogram = "", part } = seriesOfHistogram.exec(series)?.groups ?? {};
  const definition = catalogued(histogram);
  if (definition?.type === "histogram") return part === "sum" ? { unit: definition.unit } : { unit: "count", ...(part === "bucket" ? { histogramOf: definition.unit } : {}) };
  const foreign = platformMetrics[series as keyof typeof platformMetrics] as { readonly unit: Unit } | undefined;
  // The base unit stands in the name of a histogram, by Prometheus's convention.
  if (foreign !== undefined) return part === "bucket" && histogram.endsWith("_seconds") ? { unit: "count", histogramOf: "seconds" } : { unit: foreign.unit };
  const rule = recorded.get(series);
  const [unit] = rule === undefined ? [] : unitsOf(rule);
  if (unit === undefined) throw new ExpressionError(`Nobody emits or records ${series}.`);
  return unit;
}

function catalogued(series: string): MetricDefinition | undefined {
  return (catalogue as Readonly<Record<string, MetricDefinition>>)[series];
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

function only(node: SyntaxNode): SyntaxNode {
  if (node.firstChild === null) throw new ExpressionError(`${node.name} is empty.`);
  return node.firstChild;
}

function sides(node: SyntaxNode): [SyntaxNode, SyntaxNode] {
  if (node.firstChild === null || node.lastChild === null) throw new ExpressionError(`${node.name} has no two sides.`);
  return [node.firstChild, node.lastChild];
}

function name({ unit, per }: Dimension): string {
  return per === undefined ? unit : `${unit} per ${per}`;
}
