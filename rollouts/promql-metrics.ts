import type { MetricDefinition } from "@forecast-stack/monitoring/catalogue/metric-definition.ts";
import { catalogue } from "@forecast-stack/monitoring/catalogue/catalogue.ts";
import { platformMetrics } from "@forecast-stack/monitoring/platform-metrics.ts";
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** Labels that Prometheus puts on every series, and the border of a histogram's bucket. */
const commonLabels: readonly string[] = ["job", "instance", "namespace", "pod", "node", "le"];

/** What may stand around a range without making a value of it. */
const wrappings: readonly string[] = ["ParenExpr", "OffsetExpr", "StepInvariantExpr"];

/**
 * What is wrong with an expression: it cannot be read, it gives a range instead
 * of a value, or it names no metric, or a metric or a label that nobody emits,
 * which would be no data for ever. One sentence, or undefined when nothing is.
 */
export function promqlProblem(expression: string): string | undefined {
  const text = fillIn(expression, { windowSeconds: 300, namespace: "namespace" });
  const selectors: { metric: string; labels: string[] }[] = [];
  let broken: number | undefined;
  let range: string | undefined;
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      const here = text.slice(from, to);
      if (type.isError) broken ??= from;
      else if ((type.name === "MatrixSelector" || type.name === "SubqueryExpr") && !isArgument(node)) range ??= here;
      else if (type.name === "VectorSelector") selectors.push({ metric: "", labels: [] });
      else if (type.name === "Identifier") named(selectors.at(-1), here);
      else if (type.name === "UnquotedLabelMatcher") selectors.at(-1)?.labels.push(/^\w+/.exec(here)?.[0] ?? here);
    },
  });
  if (broken !== undefined) return `is not PromQL: it cannot be read from ${JSON.stringify(text.slice(broken, broken + 20))} on`;
  if (range !== undefined) return `gives all values of ${range}, and not one: put a function around it, such as increase`;
  if (selectors.length === 0) return "reads no metric";
  for (const { metric, labels } of selectors) {
    if (metric === "") return "selects series without naming a metric";
    const known = labelsOf(metric);
    if (known === undefined) return `reads ${metric}, which is not in the metric catalogue${similar(metric)}`;
    const unknown = labels.find((label) => !known.includes(label) && !commonLabels.includes(label));
    if (unknown !== undefined) return `asks ${metric} for the label ${unknown}; it has ${[...known, ...commonLabels].join(", ")}`;
  }
  return undefined;
}

function isArgument({ parent }: SyntaxNode): boolean {
  if (parent === null) return false;
  return wrappings.includes(parent.type.name) ? isArgument(parent) : parent.type.name === "FunctionCallBody";
}

function named(selector: { metric: string } | undefined, metric: string): void {
  if (selector !== undefined) selector.metric = metric;
}

/** Puts the time since a step's beginning and the namespace into an expression. */
export function fillIn(expression: string, { windowSeconds, namespace }: { readonly windowSeconds: number; readonly namespace: string }): string {
  return expression.replaceAll("$window", `${Math.max(1, Math.ceil(windowSeconds))}s`).replaceAll("$namespace", namespace);
}

/** The labels of a metric of the service or of the platform; undefined when there is none of this name. */
function labelsOf(metric: string): string[] | undefined {
  const own = catalogue as Readonly<Record<string, MetricDefinition>>;
  const platform = platformMetrics as Readonly<Record<string, { readonly labels: Readonly<Record<string, true>> }>>;
  const exact = Object.hasOwn(own, metric) ? own[metric] : undefined;
  // A histogram itself has no samples: its buckets, count and sum have.
  if (exact !== undefined && exact.type !== "histogram") return Object.keys(exact.labels);
  const base = metric.replace(/_(bucket|count|sum)$/, "");
  const histogram = base !== metric && Object.hasOwn(own, base) ? own[base] : undefined;
  if (histogram?.type === "histogram") return Object.keys(histogram.labels);
  return Object.hasOwn(platform, metric) ? Object.keys(platform[metric]?.labels ?? {}) : undefined;
}

/** A name that was probably meant. */
function similar(metric: string): string {
  if (Object.hasOwn(catalogue, metric)) return `: it is a histogram, whose samples are ${metric}_bucket, ${metric}_count and ${metric}_sum`;
  const words = new Set(metric.split("_"));
  const alike = Object.keys(catalogue)
    .map((name) => ({ name, shared: name.split("_").filter((word) => words.has(word)).length }))
    .sort((one, other) => other.shared - one.shared)[0];
  return alike === undefined || alike.shared < 2 ? "" : `; is ${alike.name} meant?`;
}
