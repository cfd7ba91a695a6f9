export interface AlertmanagerConfigInput {
  /** Where alerts are posted to; absent: they are shown in Alertmanager alone. */
  readonly webhookUrl?: string;
}

/** An Alertmanager configuration file as an object; understood by 0.25 and later. */
export type AlertmanagerConfig = Readonly<Record<string, unknown>>;

/**
 * Routes alerts: what belongs together in one message, a critical alert at
 * once and more often, and a warning silent while the same thing is critical.
 */
export function alertmanagerConfig({ webhookUrl }: AlertmanagerConfigInput): AlertmanagerConfig {
  return {
    route: {
      receiver: "team",
      group_by: ["alertname", "namespace"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [{ matchers: ['severity="critical"'], receiver: "team", group_wait: "5s", repeat_interval: "1h" }],
    },
    receivers: [{ name: "team", ...(webhookUrl === undefined ? {} : { webhook_configs: [{ url: webhookUrl, send_resolved: true }] }) }],
    inhibit_rules: [{ source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ["alertname", "namespace"] }],
  };
}
