/** How loud an alert is: critical wakes somebody, warning waits for the morning, info is only shown. */
export type Severity = "critical" | "warning" | "info";

/** What tells the news of deploys and rollbacks from alerts: they take the alerts' channels, on a route of their own. */
export const noticeLabels = { alertname: "Notice", kind: "notice" } as const;

/** One alert, as its file in alerts/ writes it down. */
export interface AlertRule {
  readonly alert: string;
  /** PromQL, made of promql.ts selectors so that it names only what exists. */
  readonly expr: string;
  /** How long the expression must hold, such as `5m`. */
  readonly for: string;
  readonly severity: Severity;
  readonly summary: string;
  /** Names the current value with its unit. */
  readonly description: string;
  /** `<file>#<anchor>` under alerts/runbooks/. */
  readonly runbook: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

/** The groups as Prometheus and the PrometheusRule resource spell them; `runbooks` is where the runbooks are read, before the file name. */
export function renderRuleGroups(groups: readonly RuleGroup[], runbooks: string): { groups: Record<string, unknown>[] } {
  return {
    groups: groups.map(({ name, rules }) => ({
      name,
      rules: rules.map(({ alert, expr, for: duration, severity, summary, description, runbook }) => ({
        alert,
        expr,
        for: duration,
        labels: { severity },
        annotations: { summary, description, runbook_url: `${runbooks}${runbook}` },
      })),
    })),
  };
}
