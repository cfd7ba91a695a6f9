/** The parts of a stack: the value of `app.kubernetes.io/component`, the name of their service, the ends of a network flow. */
export const components = [
  "stack",
  "api",
  "worker",
  "rollout-controller",
  "migrations",
  "backup",
  "validation",
  "flags",
  "postgres",
  "postgres-exporter",
  "redis",
  "redis-exporter",
  "prometheus",
  "alertmanager",
  "alert-inbox",
  "grafana",
  "kube-state-metrics",
  "node-exporter",
  "dashboards",
  "alerts",
] as const;

export type Component = (typeof components)[number];
