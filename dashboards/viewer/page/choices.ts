import type { DashboardJson } from "../../dashboard-json.ts";
import { interpolate } from "../../interpolate.ts";
import { parseLabelValues } from "../../label-values.ts";

/** What Grafana's addresses say when everything is chosen. */
export const ALL = "$__all";

/** A variable of a dashboard: what can be chosen, and what is; nothing where Prometheus knows no value. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly options: readonly string[];
  readonly chosen: string | undefined;
  /** What takes the variable's place in a query. */
  readonly value: string | undefined;
}

/**
 * The variables of a dashboard in their order, each asked for with what is chosen of the ones before.
 *
 * @param parameters what the address chooses: `var-<name>=<value>`
 * @param ask the values of a label on the series of a selector
 */
export async function choicesOf(dashboard: DashboardJson, parameters: URLSearchParams, ask: (selector: string, label: string) => Promise<readonly string[]>): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const { name, label, query, allValue } of dashboard.templating.list) {
    const before = valuesOf(choices);
    if (before === undefined) return choices;
    const { selector, label: asked } = parseLabelValues(interpolate(query, before));
    const found = await ask(selector, asked);
    const options = allValue === undefined ? found : [ALL, ...found];
    const chosen = parameters.get(`var-${name}`) ?? options[0];
    choices.push({ name, label, options, chosen, value: chosen === ALL ? allValue : allValue === undefined ? chosen : escapeRegex(chosen ?? "") });
  }
  return choices;
}

/** What stands for each variable; undefined while one of them has no value. */
export function valuesOf(choices: readonly Choice[]): Readonly<Record<string, string>> | undefined {
  const known = choices.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return known.length === choices.length ? Object.fromEntries(known) : undefined;
}

/** Where all can be chosen, the query matches a regular expression, in a quoted string. */
function escapeRegex(value: string): string {
  return JSON.stringify(value.replace(/[\\^$*+?.()|[\]{}]/g, "\\$&")).slice(1, -1);
}
