import { type DashboardJson, type PanelJson, panelsOf } from "../dashboard-json.ts";
import { interpolate } from "../interpolate.ts";
import { parseLabelValues } from "../label-values.ts";

/** What an answer must be like. */
export interface Expectation {
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  /** No value means that all is well, or that nothing goes on. */
  readonly emptyIsGood: boolean;
}

/** One thing that a dashboard asks Prometheus. A variable must offer `offers`, or else anything. */
export type Question =
  | { readonly kind: "values"; readonly where: string; readonly expr: string; readonly instant: boolean; readonly expect: Expectation }
  | { readonly kind: "label"; readonly where: string; readonly selector: string; readonly label: string; readonly offers: string | undefined };

/** The window of `rate()` that Grafana would choose for a scrape interval of 15 s, or longer. */
const RATE_INTERVAL = "5m";

/**
 * Everything that a dashboard asks: each target of each panel, each variable,
 * each annotation, as it is asked for one namespace and all of every other choice.
 *
 * @throws Error when an expression has a variable that the dashboard has not
 */
export function questionsOf(dashboard: DashboardJson, namespace: string): Question[] {
  const choices = dashboard.templating.list.flatMap(({ name, allValue }) => (allValue === undefined ? [] : [[name, allValue] as const]));
  const values = { ...Object.fromEntries(choices), namespace, __rate_interval: RATE_INTERVAL };
  return [
    ...dashboard.templating.list.map(({ name, query, allValue }): Question => ({ kind: "label", where: `${dashboard.uid}: variable ${name}`, ...parseLabelValues(interpolate(query, values)), offers: allValue === undefined ? namespace : undefined })),
    ...(dashboard.annotations.list ?? []).map(({ name, expr }): Question => ({ kind: "values", where: `${dashboard.uid}: annotation ${name}`, expr: interpolate(expr, values), instant: false, expect: { unit: "none", emptyIsGood: true } })),
    ...panelsOf(dashboard).flatMap((panel) =>
      (panel.targets ?? []).map(({ refId, expr, instant }): Question => ({ kind: "values", where: `${dashboard.uid}: ${panel.title} (${refId})`, expr: interpolate(expr, values), instant: instant === true, expect: expectation(panel) })),
    ),
  ];
}

function expectation({ fieldConfig }: PanelJson): Expectation {
  const { unit = "", min, max, noValue } = fieldConfig?.defaults ?? {};
  return { unit, emptyIsGood: noValue === "none", ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
