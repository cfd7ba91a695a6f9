import { allRuleGroups } from "@forecast-stack/alerts/all-rule-groups.ts";
import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { badRatio, budgetLeft, type Slo, slos as objectives } from "@forecast-stack/monitoring/slos.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { inNamespace } from "./in-namespace.ts";
import { curve, dashboard, number, type Section } from "./layout.ts";

const burnAlerts = ({ name }: Slo): string[] => allRuleGroups.flatMap(({ rules }) => rules.filter(({ labels }) => labels?.["slo"] === name).map(({ alert }) => alert));

/** What is left of each error budget, and how fast it burns. */
export function slos(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.slos,
    title: "SLOs and error budgets",
    description: "What is promised, how much of each error budget is left of 30 days, and how fast it burns.",
    owner: "platform",
    window: "7d",
    sections: [{ title: "Budgets", panels: objectives.map(budget) }, ...objectives.map(burning)],
  });
}

const budget = (slo: Slo) =>
  number(
    {
      title: `${slo.name}: budget left`,
      description: `${slo.title}: ${Number((slo.objective * 100).toFixed(3))} % over 30 days. 100 % is all of the budget, below 0 it is used up.`,
      unit: "percentunit",
      queries: [{ expr: inNamespace(budgetLeft(slo)), legend: "left" }],
      limits: { good: "above", warning: 0.5, bad: 0 },
    },
    6,
  );

function burning(slo: Slo): Section {
  const alerts = burnAlerts(slo);
  const panels = alerts.map((alert) => curve(alertPanel(alert, { description: "How many times faster than the objective allows the budget is used up.", unit: "none", legend: "burn rate", min: 0 }), 24 / Math.max(alerts.length, 3)));
  const share = { title: `${slo.name}: share that was bad`, description: "Over one hour and over one day.", unit: "percentunit", min: 0, queries: (["1h", "1d"] as const).map((window) => ({ expr: inNamespace(badRatio(slo, window)), legend: window })), limits: { good: "below", bad: Number((1 - slo.objective).toFixed(6)) } as const };
  return { title: slo.title, panels: [...panels, ...(alerts.length < 3 ? [curve(share)] : [])] };
}
