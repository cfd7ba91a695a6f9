/** The passwords that a stack cannot do without. Empty configuration means: take it from the secrets stack. */
export const requiredSecrets = [
  "postgresPassword",
  "ownerPassword",
  "appPassword",
  "monitorPassword",
  "redisPassword",
  "jwtSecret",
  "firstAdminPassword",
  "serviceToken",
  "grafanaAdminPassword",
] as const;

/** Credentials without which something is simply off. */
export const optionalSecrets = ["alertWebhookUrl", "slackWebhookUrl", "pagerDutyRoutingKey", "heartbeatUrl", "smtpUrl", "roleUsersPassword", "backupKey", "backupS3AccessKeyId", "backupS3SecretAccessKey"] as const;

export const secretNames = [...requiredSecrets, ...optionalSecrets] as const;

export type RequiredSecret = (typeof requiredSecrets)[number];
export type OptionalSecret = (typeof optionalSecrets)[number];
export type SecretName = RequiredSecret | OptionalSecret;
