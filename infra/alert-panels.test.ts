import { describe, expect, it } from "@jest/globals";
import { allRuleGroups } from "@forecast-stack/alerts/all-rule-groups.ts";
import { allDashboards } from "@forecast-stack/dashboards/all-dashboards.ts";
import { dashboardUids, panelId } from "@forecast-stack/monitoring/panel-reference.ts";

interface Panel {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboards = new Map(
  Object.values(allDashboards()).map((dashboard) => {
    const { uid, panels } = JSON.parse(JSON.stringify(dashboard)) as { uid: string; panels: readonly Panel[] };
    return [uid, panels.filter(({ type }) => type !== "row")] as const;
  }),
);

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
