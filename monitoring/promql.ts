import type { Catalogue, LabelOf, MetricName } from "./catalogue/catalogue.ts";
import type { platformMetrics, PlatformMetricName } from "./platform-metrics.ts";

/** Labels that Prometheus puts on every series from the target (scrape-jobs.ts). */
export type TargetLabel = "job" | "instance" | "namespace" | "pod";

type HistogramName = { [Name in MetricName]: Catalogue[Name]["type"] extends "histogram" ? Name : never }[MetricName];
type PlainName = Exclude<MetricName, HistogramName> | PlatformMetricName;
type KnownName = MetricName | PlatformMetricName;
type OwnLabel<Name extends KnownName> = Name extends MetricName ? LabelOf<Name> : Name extends PlatformMetricName ? Extract<keyof (typeof platformMetrics)[Name]["labels"], string> : never;

/** A label's value, or a regular expression that it must or must not match. */
export type Matcher = string | { readonly matches: string } | { readonly matchesNot: string };

export type Matchers<Name extends KnownName> = { readonly [Label in OwnLabel<Name> | TargetLabel]?: Matcher };

/**
 * A PromQL selector of a metric that somebody emits, by labels that it has:
 * `series("http_requests_total", { status: { matches: "5.." } })` is
 * `http_requests_total{status=~"5.."}`. Any other name or label is a type error.
 */
export function series<Name extends PlainName>(name: Name, matchers: Matchers<Name> = {}): string {
  return select(name, matchers);
}

/** The buckets of a histogram, for `histogram_quantile`, or the one up to `le`. */
export function buckets<Name extends HistogramName>(name: Name, matchers: Matchers<Name> & { readonly le?: Matcher } = {}): string {
  return select(`${name}_bucket`, matchers);
}

/** How many values a histogram has seen. */
export function observations<Name extends HistogramName>(name: Name, matchers: Matchers<Name> = {}): string {
  return select(`${name}_count`, matchers);
}

/** The sum of a histogram's values. */
export function total<Name extends HistogramName>(name: Name, matchers: Matchers<Name> = {}): string {
  return select(`${name}_sum`, matchers);
}

/** Pods as series with the label `template`: their name without its own last part, the same for all pods of one Deployment's or StatefulSet's template. */
export function withTemplate(selector: string): string {
  return `label_replace(${selector}, "template", "$1", "pod", "(.+)-[^-]+")`;
}

function select(name: string, matchers: object): string {
  const parts = Object.entries(matchers as Readonly<Record<string, Matcher>>).map(([label, matcher]) => {
    if (typeof matcher === "string") return `${label}=${JSON.stringify(matcher)}`;
    return "matches" in matcher ? `${label}=~${JSON.stringify(matcher.matches)}` : `${label}!~${JSON.stringify(matcher.matchesNot)}`;
  });
  return parts.length === 0 ? name : `${name}{${parts.join(",")}}`;
}
