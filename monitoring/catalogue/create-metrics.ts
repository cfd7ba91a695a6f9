import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { catalogue, type Catalogue, type LabelOf, type MetricName } from "./catalogue.ts";
import type { CounterDefinition, EmittingRole, HistogramDefinition, MetricDefinition } from "./metric-definition.ts";

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
      for (const labelled of closedSet(definition)) counter.inc(labelled, 0);
      return counter;
    }
    case "histogram": {
      const histogram = new Histogram({ ...common, buckets: [...definition.buckets] });
      for (const labelled of closedSet(definition)) histogram.zero(labelled);
      return histogram;
    }
    case "gauge": {
      const gauge = new Gauge(common);
      // prom-client starts a gauge that has no labels at 0, which would read as a measurement.
      if (definition.absentUntilKnown === true && common.labelNames.length === 0) gauge.remove();
      return gauge;
    }
  }
}

/**
 * The series that a metric will have, none where its labels are open. What
 * counts shows all of them from the start, at 0: a series that appears at 1 has
 * no increase that a rule could see.
 */
function closedSet({ labels }: CounterDefinition | HistogramDefinition): Record<string, string>[] {
  let series: Record<string, string>[] = [{}];
  for (const [label, allowed] of Object.entries(labels)) {
    if (!("values" in allowed)) return [];
    series = series.flatMap((known) => allowed.values.map((value) => ({ ...known, [label]: value })));
  }
  return series;
}
