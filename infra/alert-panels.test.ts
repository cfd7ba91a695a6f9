import { describe, expect, it } from "@jest/globals";
import { allRuleGroups } from "@forecast-stack/alerts/all-rule-groups.ts";
import { dashboardFiles, panelsOf } from "@forecast-stack/dashboards/dashboard-json.ts";
import { dashboardUids, panelId } from "@forecast-stack/monitoring/panel-reference.ts";

const dashboards = new Map([...dashboardFiles().values()].map((dashboard) => [dashboard.uid, panelsOf(dashboard)]));

const linked = allRuleGroups.flatMap(({ rules }) => rules.flatMap(({ alert, value, panel }) => (panel === undefined ? [] : [{ alert, value, panel }])));

/** What a panel asks, without what it adds for the choice of a namespace. */
function asAlertsAsk(expression: string): string {
  return expression.replaceAll('namespace="$namespace",', "").replaceAll(',namespace="$namespace"', "").replaceAll('{namespace="$namespace"}', "");
}

describe("the panels that alerts lead to", () => {
  it("plot the alert's own expression", () => {
    const wrong = linked.filter(({ value, panel }) => {
      const found = dashboards.get(panel.dashboard)?.find(({ title }) => title === panel.title);
      return found?.id !== panelId(panel.title) || found.targets?.some(({ expr }) => asAlertsAsk(expr) === asAlertsAsk(value)) !== true;
    });
    expect(wrong.map(({ alert, panel, value }) => ({ alert, ...panel, value }))).toEqual([]);
  });

  it("are expected on dashboards that are named in one place", () => {
    const known: readonly string[] = Object.values(dashboardUids);
    expect(linked.filter(({ panel }) => !known.includes(panel.dashboard))).toEqual([]);
  });

  it("have ids that no other panel of their dashboard has", () => {
    for (const panels of dashboards.values()) {
      const ids = panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});
