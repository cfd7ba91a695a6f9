import * as pulumi from "@pulumi/pulumi";
import type { AlertmanagerConfigInput } from "@forecast-stack/monitoring/alertmanager-config.ts";
import { alertInboxUrl } from "./alert-inbox/alert-inbox.ts";
import type { Email } from "@forecast-stack/monitoring/notifications.ts";
import type { Secrets } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import type { StackContext } from "./stack-context.ts";

type Receivers = Omit<AlertmanagerConfigInput, "inhibitions">;

/** Whether anything leaves the cluster when an alert fires. */
export function notifies({ alertWebhookUrl, slackWebhookUrl, pagerDutyRoutingKey, heartbeatUrl, smtpUrl }: Secrets, { alerting }: Settings): boolean {
  return [alertWebhookUrl, slackWebhookUrl, pagerDutyRoutingKey, heartbeatUrl, alerting.emailTo === "" ? undefined : smtpUrl].some((secret) => secret !== undefined);
}

/** Who is told of a stack's alerts: its secrets say by what, its settings where. */
export function receivers({ secrets, settings: { alerting } }: StackContext): pulumi.Output<Receivers> {
  const { alertWebhookUrl, slackWebhookUrl, pagerDutyRoutingKey, heartbeatUrl, smtpUrl } = secrets;
  return pulumi.all({ alertWebhookUrl, slackWebhookUrl, pagerDutyRoutingKey, heartbeatUrl, smtpUrl }).apply((given): Receivers => ({
    ...(given.alertWebhookUrl === undefined ? {} : { webhookUrl: given.alertWebhookUrl }),
    ...(given.slackWebhookUrl === undefined ? {} : { slack: { url: given.slackWebhookUrl, channel: alerting.slackChannel } }),
    ...(given.pagerDutyRoutingKey === undefined ? {} : { pagerDutyKey: given.pagerDutyRoutingKey }),
    ...(given.heartbeatUrl === undefined ? {} : { heartbeatUrl: given.heartbeatUrl }),
    ...(given.smtpUrl === undefined || alerting.emailTo === "" ? {} : { email: emailOf(given.smtpUrl, alerting.emailFrom, alerting.emailTo) }),
    ...(alerting.inbox ? { inboxUrl: alertInboxUrl } : {}),
    hurried: alerting.rehearsal,
    teams: Object.fromEntries(Object.entries(alerting.teams).map(([team, { slackChannel, emailTo }]) => [team, { ...(slackChannel === undefined ? {} : { slackChannel }), ...(emailTo === undefined ? {} : { emailTo }) }])),
  }));
}

/** A mail server as `smtp://user:password@host:587`; `?ignoreTLS=true` for one that cannot encrypt. */
export function emailOf(smtpUrl: string, from: string, to: string): Email {
  const { protocol, hostname, port, username, password, searchParams } = new URL(smtpUrl);
  return {
    smarthost: `${hostname}:${port === "" ? (protocol === "smtps:" ? "465" : "587") : port}`,
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    requireTls: searchParams.get("ignoreTLS") !== "true",
    from,
    to,
  };
}
