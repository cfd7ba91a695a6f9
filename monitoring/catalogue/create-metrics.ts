import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { catalogue, type Catalogue, type LabelOf, type MetricName } from "./catalogue.ts";
import type { CounterDefinition, EmittingRole, MetricDefinition } from "./metric-definition.ts";

/** Every metric of the catalogue as a prom-client metric that knows its labels. */
export type Metrics = {
  readonly [Name in MetricName]: Catalogue[Name]["type"] extends "counter"
    ? Counter<LabelOf<Name>>
    : Catalogue[Name]["type"] extends "gauge"
      ? Gauge<LabelOf<Name>>
      : Histogram<LabelOf<Name>>;
};

/**
 * Creates the metrics of the catalogue: the only way to get one. `registry`
 * exposes those that a process of these roles emits, so that a worker's metrics
 * do not stand at 0 in every other process.
 */
export function createMetrics(registry: Registry, roles: readonly EmittingRole[]): Metrics {
  const created = Object.entries(catalogue).map(([name, definition]: [string, MetricDefinition]) => {
    const emitted = definition.emittedBy.some((role) => roles.includes(role));
    return [name, create(name, definition, emitted ? [registry] : [])];
  });
  return Object.fromEntries(created) as Metrics;
}

function create(name: string, definition: MetricDefinition, registers: Registry[]): Counter | Gauge | Histogram {
  const common = { name, help: definition.help, labelNames: Object.keys(definition.labels), registers };
  switch (definition.type) {
    case "counter": {
      const counter = new Counter(common);
      startAtZero(counter, definition);
      return counter;
    }
    case "histogram":
      return new Histogram({ ...common, buckets: [...definition.buckets] });
    case "gauge": {
      const gauge = new Gauge(common);
      // prom-client starts a gauge that has no labels at 0, which would read as a measurement.
      if (definition.absentUntilKnown === true && common.labelNames.length === 0) gauge.remove();
      return gauge;
    }
  }
}

/** A counter with a known set of series shows all of them from the start: one that appears at 1 has no increase that a rule could see. */
function startAtZero(counter: Counter, { labels }: CounterDefinition): void {
  let series: Record<string, string>[] = [{}];
  for (const [label, allowed] of Object.entries(labels)) {
    if (!("values" in allowed)) return;
    series = series.flatMap((known) => allowed.values.map((value) => ({ ...known, [label]: value })));
  }
  for (const labelled of series) counter.inc(labelled, 0);
}
