import type { MetricOwner } from "./catalogue/metric-definition.ts";
import { type PanelReference, panelId } from "./panel-reference.ts";

/** How loud an alert is: critical wakes somebody, warning waits for the morning, info is only shown. */
export type Severity = "critical" | "warning" | "info";

export const severities = ["critical", "warning", "info"] as const satisfies readonly Severity[];

/** Who is told: the team that owns what is broken. */
export type Team = MetricOwner;

/** What tells the news of deploys and rollbacks from alerts: they take the alerts' channels, on a route of their own. */
export const noticeLabels = { alertname: "Notice", kind: "notice" } as const;

/** The alert that always fires: where it stops arriving, monitoring is down. */
export const heartbeatAlert = "Watchdog";

/** `<value> over 5` or `<value> under 5`: PromQL's > and <. */
export type Breach = { readonly over: number } | { readonly under: number };

/** A value and where it is not good any more. */
export interface Condition {
  /** PromQL, made of promql.ts selectors so that it names only what exists. */
  readonly value: string;
  readonly breach: Breach;
  /** Labels by which it goes with the alert's own value, where the two do not have the same. */
  readonly on?: readonly string[];
}

/** One alert, as its file in alerts/ writes it down. */
export interface AlertRule {
  readonly alert: string;
  /** What the alert is about: the expression that its panel plots. */
  readonly value: string;
  /** Absent for an alert that fires as long as there is a value. */
  readonly breach?: Breach;
  /** What must hold besides, for example enough traffic to say anything. */
  readonly and?: readonly Condition[];
  /** How long all of it must hold, such as `5m`. */
  readonly for: string;
  readonly severity: Severity;
  readonly team: Team;
  /** Labels besides severity and team. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Names the current value with its unit. */
  readonly description: string;
  /** `<file>#<anchor>` under alerts/runbooks/. */
  readonly runbook: string;
  /** The panel that plots `value`; absent for what is no measurement. */
  readonly panel?: PanelReference;
}

/** A series that Prometheus computes and keeps, because asking for it each time would read too many samples. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface RuleGroup {
  readonly name: string;
  /** Seconds between two evaluations, where that is not the global interval; less than a value counts (lookbackSeconds). */
  readonly intervalSeconds?: number;
  readonly records?: readonly RecordingRule[];
  readonly rules: readonly AlertRule[];
}

/** Where the links of an alert lead. */
export interface AlertLinks {
  /** Where the runbooks are read, before the file name. */
  readonly runbooks: string;
  /** Where Grafana is, before `/d/`. */
  readonly dashboards: string;
}

/** `(<value>) > 5 and (<other value>) < 1` in PromQL. */
export function expressionOf({ value, breach, and = [] }: Pick<AlertRule, "value" | "breach" | "and">): string {
  return [compared(value, breach), ...and.map((condition) => `and${condition.on === undefined ? "" : ` on (${condition.on.join(", ")})`} ${compared(condition.value, condition.breach)}`)].join(" ");
}

function compared(value: string, breach: Breach | undefined): string {
  if (breach === undefined) return value;
  return `(${value}) ${"over" in breach ? `> ${breach.over}` : `< ${breach.under}`}`;
}

/** How much shorter alerts hold in a rehearsal. */
const HURRY = 10;

/** The groups with alerts that hold for a tenth of their time: what takes minutes is rehearsed in seconds. */
export function hurried(groups: readonly RuleGroup[]): RuleGroup[] {
  return groups.map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule, for: `${Math.round(secondsOf(rule.for) / HURRY)}s` })) }));
}

/** `1h30m` in seconds. */
function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? NaN), 0);
}

/** The groups as Prometheus and the PrometheusRule resource spell them. */
export function renderRuleGroups(groups: readonly RuleGroup[], links: AlertLinks): { groups: Record<string, unknown>[] } {
  return {
    groups: groups.map(({ name, intervalSeconds, records = [], rules }) => ({
      name,
      ...(intervalSeconds === undefined ? {} : { interval: `${intervalSeconds}s` }),
      rules: [...records, ...rules.map((rule) => renderAlert(rule, links))],
    })),
  };
}

function renderAlert(rule: AlertRule, links: AlertLinks): Record<string, unknown> {
  return {
    alert: rule.alert,
    expr: expressionOf(rule),
    for: rule.for,
    labels: { severity: rule.severity, team: rule.team, ...rule.labels },
    annotations: { summary: rule.summary, description: rule.description, ...linksOf(rule, links), drill: drillInProgress },
  };
}

/** The links of an alert: its runbook and the panel that shows it. */
export function linksOf({ runbook, panel }: Pick<AlertRule, "runbook" | "panel">, { runbooks, dashboards }: AlertLinks): { runbook_url: string; dashboard_url?: string } {
  return { runbook_url: `${runbooks}${runbook}`, ...(panel === undefined ? {} : { dashboard_url: `${dashboards}/d/${panel.dashboard}?viewPanel=${panelId(panel.title)}` }) };
}

/** Prefix of the service that `forecastctl drill` makes for as long as a drill goes on. */
export const drillServicePrefix = "drill-";

/**
 * Names the drill that goes on in the stack, in every alert that fires
 * meanwhile: whoever is paged sees that it is an exercise. kube-state-metrics
 * tells Prometheus of the service that marks it.
 */
const drillInProgress = `{{ with query "kube_service_info{service=~\\"${drillServicePrefix}.+\\"}" }}{{ . | first | label "service" }}{{ else }}none{{ end }}`;
