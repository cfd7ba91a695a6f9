import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue, type MetricName } from "@forecast-stack/monitoring/catalogue/catalogue.ts";
import type { MetricDefinition } from "@forecast-stack/monitoring/catalogue/metric-definition.ts";
import type { PlatformMetricName } from "@forecast-stack/monitoring/platform-metrics.ts";

type Labels = Readonly<Record<string, string>>;
type Suffix = "" | "_bucket" | "_count";

const known = JSON.parse(readFileSync(join(import.meta.dirname, "live-series.json"), "utf8")) as Readonly<Record<string, Labels>>;

/**
 * A series as a running stack has it, for a promtool case: `changes` gives some
 * of its labels other values, but it can add no label, so that no case rests on
 * a series that does not exist.
 *
 * @throws Error for a label that the series does not have
 */
export function live(name: MetricName | `${MetricName}${Exclude<Suffix, "">}` | PlatformMetricName, changes: Labels = {}): string {
  const labels = labelsOf(name, changes);
  const unknown = Object.keys(changes).filter((label) => !(label in labels));
  if (unknown.length > 0) throw new Error(`${name} has no label ${unknown.join(", ")}; it has ${Object.keys(labels).join(", ")}.`);
  const parts = Object.entries({ ...labels, ...changes }).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${parts.join(",")}}`;
}

function labelsOf(name: string, changes: Labels): Labels {
  const fromPlatform = known[`${name}:${changes["job"] ?? ""}`] ?? known[name];
  if (fromPlatform !== undefined) return fromPlatform;
  const base = name.replace(/_(bucket|count)$/, "");
  const definition = (catalogue as Readonly<Record<string, MetricDefinition>>)[base];
  const target = known[`up:${changes["job"] ?? definition?.emittedBy[0] ?? ""}`];
  if (definition === undefined || target === undefined) throw new Error(`${name} is neither in the catalogue nor in live-series.json: capture it (capture-series.ts).`);
  // What the service emits itself is compared with the catalogue, label by label, by a test of its own.
  const own = Object.entries(definition.labels).map(([label, allowed]) => [label, "values" in allowed ? (allowed.values[0] ?? "") : "one"]);
  return { ...target, ...Object.fromEntries(own), ...(name.endsWith("_bucket") ? { le: "+Inf" } : {}) } as Labels;
}
