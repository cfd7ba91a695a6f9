import { type DashboardJson, type PanelJson, panelsOf } from "../dashboard-json.ts";
import { interpolate } from "../interpolate.ts";

/** What an answer must be like. */
export interface Expectation {
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  /** No value means that all is well, or that nothing goes on. */
  readonly emptyIsGood: boolean;
}

/** One thing that a dashboard asks Prometheus. */
export type Question =
  | { readonly kind: "values"; readonly where: string; readonly expr: string; readonly instant: boolean; readonly expect: Expectation }
  | { readonly kind: "label"; readonly where: string; readonly selector: string; readonly label: string };

/** The window of `rate()` that Grafana would choose for a scrape interval of 15 s, or longer. */
const RATE_INTERVAL = "5m";

/**
 * Everything that a dashboard asks: each target of each panel, each variable,
 * each annotation, as it is asked for one namespace.
 *
 * @throws Error when an expression has a variable that the dashboard has not
 */
export function questionsOf(dashboard: DashboardJson, namespace: string): Question[] {
  const values = { namespace, __rate_interval: RATE_INTERVAL };
  return [
    ...dashboard.templating.list.map(({ name, query }) => variable(`${dashboard.uid}: variable ${name}`, interpolate(query, values))),
    ...(dashboard.annotations.list ?? []).map(({ name, expr }): Question => ({ kind: "values", where: `${dashboard.uid}: annotation ${name}`, expr: interpolate(expr, values), instant: false, expect: { unit: "none", emptyIsGood: true } })),
    ...panelsOf(dashboard).flatMap((panel) =>
      (panel.targets ?? []).map(({ refId, expr, instant }): Question => ({ kind: "values", where: `${dashboard.uid}: ${panel.title} (${refId})`, expr: interpolate(expr, values), instant: instant === true, expect: expectation(panel) })),
    ),
  ];
}

function variable(where: string, query: string): Question {
  const parts = /^label_values\((?<selector>.+),\s*(?<label>\w+)\)$/.exec(query)?.groups;
  if (parts?.["selector"] === undefined || parts["label"] === undefined) throw new Error(`${where}: only label_values(selector, label) is known here, not: ${query}`);
  return { kind: "label", where, selector: parts["selector"], label: parts["label"] };
}

function expectation({ fieldConfig }: PanelJson): Expectation {
  const { unit = "", min, max, noValue } = fieldConfig?.defaults ?? {};
  return { unit, emptyIsGood: noValue === "none", ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
