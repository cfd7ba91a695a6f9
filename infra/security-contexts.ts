import type { types } from "@pulumi/kubernetes";

type PodSecurityContext = types.input.core.v1.PodSecurityContext;
type SecurityContext = types.input.core.v1.SecurityContext;

/** The user that each image is made for; the same in the official images and in the embedded cluster's. */
export const imageUsers = {
  "forecast-service": 10001,
  postgres: 999,
  redis: 999,
  prometheus: 65534,
  alertmanager: 65534,
  grafana: 472,
  "postgres-exporter": 65534,
  "redis-exporter": 59000,
  "node-exporter": 65534,
  "kube-state-metrics": 65534,
} as const;

/** What the `restricted` Pod Security level asks of a pod; volumes belong to the user's group. */
export function restrictedPod(user: number): PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    // Changing the owner of every file of a large volume at each start takes minutes.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** What the `restricted` Pod Security level asks of a container, and a root file system that nobody writes to. */
export const restrictedContainer: SecurityContext = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
};
