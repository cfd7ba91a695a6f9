import { z } from "zod";
import { settingsSchema } from "./settings.ts";
import { type SecretName, secretNames } from "./secret-names.ts";

/** One entry of Pulumi.yaml's `config:` section. */
export interface ProjectSetting {
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly default: unknown;
  readonly description: string;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * The settings as Pulumi.yaml declares them, nested ones by path (`api.replicas`).
 * A secret has the empty default that means: look in the secrets stack.
 */
export function projectSettings(): Record<string, ProjectSetting> {
  return { ...flatten(z.toJSONSchema(settingsSchema, { io: "input" }), ""), ...Object.fromEntries(secretNames.map((name) => [name, secretSetting(name)])) };
}

function flatten(schema: JsonSchema, prefix: string): Record<string, ProjectSetting> {
  const entries = Object.entries(schema.properties ?? {}).flatMap(([key, node]): [string, ProjectSetting][] => {
    if (typeof node !== "object") return [];
    const path = `${prefix}${key}`;
    if (node.properties !== undefined) return Object.entries(flatten(node, `${path}.`));
    const items = typeof node.items === "object" && !Array.isArray(node.items) ? { items: { type: String(node.items.type) } } : {};
    return [[path, { type: String(node.type), ...items, default: node.default, description: node.description ?? "" }]];
  });
  return Object.fromEntries(entries);
}

const secretDescriptions: Readonly<Partial<Record<SecretName, string>>> = {
  firstAdminPassword: "Secret: password of the first user, who is an administrator; empty: the output of this name of the secrets stack",
  alertWebhookUrl: "Secret: URL that Alertmanager and the health job post alerts to; empty: none",
  slackWebhookUrl: "Secret: an incoming webhook of Slack, for alerts and the news of deploys; empty: none",
  pagerDutyRoutingKey: "Secret: routing key of the PagerDuty service that critical alerts wake; empty: none",
  heartbeatUrl: "Secret: URL of a dead man's switch, which Alertmanager asks every minute while monitoring is alive; empty: none",
  smtpUrl: "Secret: smtp:// or smtps:// URL of the server that takes reports, password resets and alerts; empty: no e-mails",
  backupKey: "Secret: what backups are encrypted with, 20 characters or more; keep a copy elsewhere, for without it none can be restored; empty: the output of this name of the secrets stack",
  backupS3AccessKeyId: "Secret: who writes to the bucket backup.s3.bucket; needed with it",
  backupS3SecretAccessKey: "Secret: the key of backupS3AccessKeyId",
  roleUsersPassword: "Secret: password of the users admin@local, staff@local and viewer@local, which production never has; empty: the output of this name of the secrets stack, or no such users",
};

function secretSetting(name: SecretName): ProjectSetting {
  return { type: "string", default: "", description: secretDescriptions[name] ?? "Secret; empty: the output of this name of the secrets stack" };
}
