import { heartbeatAlert, noticeLabels, type Team } from "./alert-rule.ts";
import { type Email, emailConfig, pagerDutyConfig, slackConfig, webhookConfig } from "./notifications.ts";

/** Where one team is told, where that is not where all are told. */
export interface TeamChannels {
  readonly slackChannel?: string;
  readonly emailTo?: string;
}

/** What an alert explains: while `source` fires, `silences` are not told in the same namespace. */
export interface Inhibition {
  readonly source: Readonly<Record<string, string>>;
  readonly silences: readonly string[];
}

export interface AlertmanagerConfigInput {
  /** Gets every message as JSON. */
  readonly webhookUrl?: string;
  /** An incoming webhook of Slack and the channel that it writes to. */
  readonly slack?: { readonly url: string; readonly channel: string };
  /** The routing key of a PagerDuty service: critical alerts only. */
  readonly pagerDutyKey?: string;
  readonly email?: Email;
  /** Is asked every minute while monitoring is alive: a dead man's switch. */
  readonly heartbeatUrl?: string;
  /** Gets every message as JSON besides, the heartbeat's too: the stack's own inbox. */
  readonly inboxUrl?: string;
  /** Everything is told at once, changes too: for rehearsals. */
  readonly hurried?: boolean;
  readonly teams?: Readonly<Partial<Record<Team, TeamChannels>>>;
  readonly inhibitions: readonly Inhibition[];
}

/** An Alertmanager configuration file as an object; understood by 0.25 and later. */
export type AlertmanagerConfig = Readonly<Record<string, unknown>>;

/** Every team has receivers of its own, so that a channel can be given to one without touching the others. */
export const teams = ["platform", "forecasting", "inventory"] as const satisfies readonly Team[];

/** Alerts of nobody are the platform's. */
const fallbackTeam = "platform";

/**
 * Routes alerts by team and severity: critical ones at once and again every
 * hour, warnings in the same channels but to no pager, info to nobody (it is
 * shown). The heartbeat and the news of deploys have routes of their own.
 */
export function alertmanagerConfig(input: AlertmanagerConfigInput): AlertmanagerConfig {
  const wait = (usual: string): string => (input.hurried === true ? "1s" : usual);
  return {
    route: {
      receiver: `${fallbackTeam}-warning`,
      group_by: ["alertname", "namespace", "team"],
      group_wait: wait("30s"),
      group_interval: wait("5m"),
      repeat_interval: "12h",
      routes: [
        { matchers: [matcher("alertname", heartbeatAlert)], receiver: "heartbeat", group_by: ["alertname"], group_wait: "0s", group_interval: "1m", repeat_interval: "1m" },
        { matchers: [matcher("kind", noticeLabels.kind)], receiver: "notices", group_by: ["notice"], group_wait: "0s" },
        { matchers: [matcher("severity", "info")], receiver: "shown" },
        ...teams.map((team) => ({
          matchers: [matcher("team", team)],
          receiver: `${team}-warning`,
          routes: [{ matchers: [matcher("severity", "critical")], receiver: `${team}-critical`, group_wait: wait("5s"), repeat_interval: "1h" }],
        })),
        { matchers: [matcher("severity", "critical")], receiver: `${fallbackTeam}-critical`, group_wait: wait("5s"), repeat_interval: "1h" },
      ],
    },
    receivers: [
      { name: "shown" },
      { name: "heartbeat", ...webhooks([input.heartbeatUrl, input.inboxUrl], false) },
      { name: "notices", ...channels(input, {}, false) },
      ...teams.flatMap((team) => [
        { name: `${team}-critical`, ...channels(input, input.teams?.[team] ?? {}, true), ...(input.pagerDutyKey === undefined ? {} : { pagerduty_configs: [pagerDutyConfig(input.pagerDutyKey)] }) },
        { name: `${team}-warning`, ...channels(input, input.teams?.[team] ?? {}, true) },
      ]),
    ],
    inhibit_rules: [
      // A warning says nothing that its critical sibling does not: of one name, or of one objective.
      { source_matchers: [matcher("severity", "critical")], target_matchers: [matcher("severity", "warning")], equal: ["alertname", "namespace", "job", "pod"] },
      { source_matchers: [matcher("severity", "critical"), 'slo!=""'], target_matchers: [matcher("severity", "warning"), 'slo!=""'], equal: ["namespace", "slo"] },
      ...input.inhibitions.map(({ source, silences }) => ({
        source_matchers: Object.entries(source).map(([label, value]) => matcher(label, value)),
        target_matchers: [`alertname=~"${silences.join("|")}"`],
        equal: ["namespace"],
      })),
    ],
  };
}

function webhooks(urls: readonly (string | undefined)[], sendResolved: boolean): Record<string, unknown> {
  const given = urls.filter((url) => url !== undefined);
  return given.length === 0 ? {} : { webhook_configs: given.map((url) => webhookConfig(url, sendResolved)) };
}

function channels({ webhookUrl, inboxUrl, slack, email }: AlertmanagerConfigInput, own: TeamChannels, sendResolved: boolean): Record<string, unknown> {
  return {
    ...webhooks([webhookUrl, inboxUrl], sendResolved),
    ...(slack === undefined ? {} : { slack_configs: [slackConfig(slack.url, own.slackChannel ?? slack.channel, sendResolved)] }),
    ...(email === undefined ? {} : { email_configs: [emailConfig(email, own.emailTo ?? email.to, sendResolved)] }),
  };
}

function matcher(label: string, value: string): string {
  return `${label}="${value}"`;
}
