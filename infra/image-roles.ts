/** Every container image of the stack, by the part it plays. */
export const imageRoles = [
  "forecast-service",
  "postgres",
  "postgres-cloudnativepg",
  "redis",
  "prometheus",
  "alertmanager",
  "grafana",
  "postgres-exporter",
  "redis-exporter",
  "node-exporter",
  "kube-state-metrics",
] as const;

export type ImageRole = (typeof imageRoles)[number];
