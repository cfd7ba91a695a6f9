import { catalogue } from "@forecast-stack/monitoring/catalogue/catalogue.ts";
import { platformMetrics } from "@forecast-stack/monitoring/platform-metrics.ts";

/** What runs outside the stack's namespace carries another one, or none. */
const elsewhere = /^(node|kube_node|apiserver)_/;

const names = [
  ...Object.entries(catalogue).flatMap(([name, { type }]) => (type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
  ...Object.keys(platformMetrics),
];
/** Longer names first, so that none is taken for the beginning of another; recorded series have a colon. */
const selector = new RegExp(`(?<![\\w:])(${[...names].sort((a, b) => b.length - a.length).join("|")}|[a-z_]+:[a-z0-9_:]+)(?![\\w:])(\\{)?`, "g");

/** An expression of an alert, narrowed to the namespace that the dashboard shows. */
export function inNamespace(expression: string): string {
  return expression.replace(selector, (all, name: string, brace: string | undefined) => {
    if (elsewhere.test(name)) return all;
    return brace === undefined ? `${name}{namespace="$namespace"}` : `${name}{namespace="$namespace",`;
  });
}
