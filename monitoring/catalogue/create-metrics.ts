import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { catalogue, type Catalogue, type LabelOf, type MetricName } from "./catalogue.ts";
import type { MetricDefinition } from "./metric-definition.ts";

/** Every metric of the catalogue as a prom-client metric that knows its labels. */
export type Metrics = {
  readonly [Name in MetricName]: Catalogue[Name]["type"] extends "counter"
    ? Counter<LabelOf<Name>>
    : Catalogue[Name]["type"] extends "gauge"
      ? Gauge<LabelOf<Name>>
      : Histogram<LabelOf<Name>>;
};

/** Creates the metrics of the catalogue in `registry`: the only way to get one. */
export function createMetrics(registry: Registry): Metrics {
  const created = Object.entries(catalogue).map(([name, definition]) => [name, create(name, definition, registry)]);
  return Object.fromEntries(created) as Metrics;
}

function create(name: string, definition: MetricDefinition, registry: Registry): Counter | Gauge | Histogram {
  const common = { name, help: definition.help, labelNames: Object.keys(definition.labels), registers: [registry] };
  switch (definition.type) {
    case "counter":
      return new Counter(common);
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
