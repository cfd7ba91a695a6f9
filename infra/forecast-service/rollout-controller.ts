import type { types } from "@pulumi/kubernetes";
import { Deployment } from "@pulumi/kubernetes/apps/v1/index.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/index.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/index.js";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { flagConfigMaps, rolloutRecordsMap } from "@forecast-stack/flags/config-maps.ts";
import { podsOf } from "../exposed-service.ts";
import { selectorLabels } from "../labels.ts";
import { monitoringUrls } from "../monitoring-urls.ts";
import { httpProbe, restrictedPodSpec } from "../pod.ts";
import type { Connection } from "../postgres/connection.ts";
import { imageUsers } from "../security-contexts.ts";
import { resourcesOf } from "../sizing.ts";
import { metadataOf, type StackContext, waitFor } from "../stack-context.ts";
import { rolloutControllers } from "./environment.ts";
import { servicePort } from "./service-pod.ts";

const component = "rollout-controller";

/**
 * Leads the staged rollouts of feature flags: two pods, of which the holder of a
 * lease leads. It has the database's password and no other secret of the service.
 */
export function rolloutController(context: StackContext, { connection, credentials }: { readonly connection: Connection; readonly credentials: pulumi.Input<string> }, after: readonly pulumi.Resource[], parent: pulumi.CustomResourceOptions): void {
  const { stack, settings, appVersion } = context;
  const metadata = metadataOf(context, component, appVersion, component);
  const selector = { matchLabels: selectorLabels(stack, component) };
  const serviceAccountName = account(context, parent).metadata.name;
  podsOf(context, component, appVersion, { name: "http", port: servicePort, targetPort: "http" }, parent);
  new Deployment(
    component,
    {
      metadata,
      spec: {
        replicas: rolloutControllers,
        selector,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
        progressDeadlineSeconds: settings.readyTimeoutSeconds - 15,
        revisionHistoryLimit: 3,
        template: {
          metadata: { labels: metadata.labels },
          spec: restrictedPodSpec({
            user: imageUsers["forecast-service"],
            serviceAccountName,
            terminationGracePeriodSeconds: 30,
            topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector }],
            containers: [
              {
                name: component,
                image: context.image("forecast-service"),
                args: [component],
                env: environment(context, connection, credentials),
                ports: [{ name: "http", containerPort: servicePort }],
                resources: resourcesOf(settings.size, component),
                startupProbe: httpProbe("/health/live", "http", { periodSeconds: 1, failureThreshold: 90 }),
                readinessProbe: httpProbe("/health/live", "http", { periodSeconds: 3, failureThreshold: 2 }),
                livenessProbe: httpProbe("/health/live", "http", { periodSeconds: 10, failureThreshold: 6 }),
                terminationMessagePolicy: "FallbackToLogsOnError",
                volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...connection.volumeMounts],
              },
            ],
            volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }, ...connection.volumes],
          }),
        },
      },
    },
    { ...parent, ...waitFor(settings), dependsOn: [...after] },
  );
  new PodDisruptionBudget(component, { metadata, spec: { selector, maxUnavailable: 1 } }, parent);
}

function environment({ settings, appVersion }: StackContext, connection: Connection, credentials: pulumi.Input<string>): types.input.core.v1.EnvVar[] {
  return [
    { name: "NODE_ENV", value: settings.environment === "dev" ? "development" : settings.environment },
    { name: "PORT", value: String(servicePort) },
    { name: "APP_VERSION", value: appVersion },
    { name: "LOG_LEVEL", value: settings.logLevel },
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "DATABASE_POOL_MAX", value: "2" },
    ...monitoringUrls(settings),
    { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: credentials, key: "DB_PASSWORD" } } },
    ...connection.env,
  ];
}

/** An account that reads the flags, writes the rollouts, their records and its lease, and looks which pods live. */
function account(context: StackContext, parent: pulumi.CustomResourceOptions): ServiceAccount {
  const metadata = metadataOf(context, component, context.appVersion, component);
  const created = new ServiceAccount(component, { metadata, automountServiceAccountToken: false }, parent);
  const rules: types.input.rbac.v1.PolicyRule[] = [
    { apiGroups: [""], resources: ["configmaps"], resourceNames: [...Object.values(flagConfigMaps), rolloutRecordsMap], verbs: ["get"] },
    { apiGroups: [""], resources: ["configmaps"], resourceNames: [flagConfigMaps.rollouts, rolloutRecordsMap], verbs: ["patch"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], resourceNames: [component], verbs: ["get", "update"] },
    // What does not exist yet has no name that a rule could name.
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
    { apiGroups: [""], resources: ["events"], verbs: ["create"] },
  ];
  const role = new Role(component, { metadata, rules }, parent);
  new RoleBinding(
    component,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: created.metadata.name, namespace: context.namespace }],
    },
    parent,
  );
  return created;
}
