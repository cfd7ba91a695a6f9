/** Everything that runs in a container, by what it does. */
export const imageRoles = [
  "alertmanager",
  "forecast-service",
  "kube-state-metrics",
  "node-exporter",
  "pause",
  "postgres",
  "postgres-exporter",
  "prometheus",
  "redis",
  "redis-exporter",
] as const;

export type ImageRole = (typeof imageRoles)[number];

/** Roles whose images are put together from Debian packages alone. */
export type DebianRole = Exclude<ImageRole, "forecast-service" | "kube-state-metrics" | "pause">;
