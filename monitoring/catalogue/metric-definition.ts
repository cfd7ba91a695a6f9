/** Who answers for a metric: the part of the product that emits it. */
export type MetricOwner = "platform" | "forecasting" | "inventory";

/** Which role of the service emits a metric. */
export type EmittingRole = "api" | "worker" | "rollout-controller";

/**
 * The values that a label may take: a closed list, or an open set whose size is
 * bounded by something else, which `bound` names (never by what callers send).
 */
export type LabelValues = { readonly values: readonly string[] } | { readonly bound: string };

interface Definition<Labels extends string> {
  /** What one reads on the graph, ending without a full stop. */
  readonly help: string;
  readonly labels: Readonly<Record<Labels, LabelValues>>;
  readonly owner: MetricOwner;
  readonly emittedBy: readonly EmittingRole[];
}

export interface CounterDefinition<Labels extends string = string> extends Definition<Labels> {
  readonly type: "counter";
  readonly unit: Unit;
}

export interface GaugeDefinition<Labels extends string = string> extends Definition<Labels> {
  readonly type: "gauge";
  readonly unit: Unit;
  /**
   * True when the value is unknown until something has happened: the series is
   * then absent instead of 0, because 0 would read as a (good) measurement.
   */
  readonly absentUntilKnown?: boolean;
}

export interface HistogramDefinition<Labels extends string = string> extends Definition<Labels> {
  readonly type: "histogram";
  readonly unit: Unit;
  readonly buckets: readonly number[];
}

export type Unit = "seconds" | "bytes" | "ratio" | "percent" | "count" | "state" | "timestamp";

export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition;

/** A closed list of label values. */
export function oneOf<const Value extends string>(...values: Value[]): { readonly values: readonly Value[] } {
  return { values };
}

/** An open label; `bound` says what keeps the number of its values small. */
export function boundedBy(bound: string): { readonly bound: string } {
  return { bound };
}
