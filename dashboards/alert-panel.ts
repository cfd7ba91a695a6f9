import { allRuleGroups } from "@forecast-stack/alerts/all-rule-groups.ts";
import type { AlertRule } from "@forecast-stack/monitoring/alert-rule.ts";
import { inNamespace } from "./in-namespace.ts";
import type { Limits } from "./limits.ts";
import type { PanelText, Query } from "./panel.ts";

const rules = new Map(allRuleGroups.flatMap((group) => group.rules).map((rule) => [rule.alert, rule]));

/** What a panel says that its alert does not. */
export interface AlertPanelText {
  readonly description: string;
  readonly unit: string;
  readonly legend: string;
  readonly min?: number;
  readonly max?: number;
  /** What is drawn beside the alert's own value. */
  readonly beside?: readonly Query[];
}

/**
 * The panel that an alert leads to: it plots the alert's own expression with
 * the alert's own threshold, so that what pages is what is seen.
 *
 * @throws Error when there is no such alert, or it leads to no panel
 */
export function alertPanel(alert: string, { description, legend, beside = [], ...rest }: AlertPanelText): PanelText {
  const rule = rules.get(alert);
  if (rule?.panel === undefined) throw new Error(`The alert ${alert} leads to no panel.`);
  return { ...rest, title: rule.panel.title, description: `${description} Alerts as ${alert}.`, runbook: rule.runbook, queries: [{ expr: inNamespace(rule.value), legend }, ...beside], ...limitsOf(rule) };
}

/** Grafana colours a value that reaches a limit, an alert waits for one beyond it: 0 is good where more than 0 is not. */
const MORE_THAN_NOTHING = 1e-6;

function limitsOf({ breach }: AlertRule): { limits?: Limits } {
  if (breach === undefined) return {};
  return { limits: "over" in breach ? { good: "below", bad: breach.over === 0 ? MORE_THAN_NOTHING : breach.over } : { good: "above", bad: breach.under } };
}
