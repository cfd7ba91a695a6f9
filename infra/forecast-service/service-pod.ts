import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { selectorLabels } from "../labels.ts";
import { httpProbe, restrictedPodSpec } from "../pod.ts";
import { imageUsers } from "../security-contexts.ts";
import { resourcesOf } from "../sizing.ts";
import { metadataOf, type StackContext } from "../stack-context.ts";

export const servicePort = 4000;

/** Time for the endpoints to forget a pod (5 to 15 s), its last requests and a worker's batch (20 s). */
const terminationGracePeriodSeconds = 45;

/** Where the flags are mounted. */
export const flagsDirectory = "/etc/forecast-stack/flags";

/** The flags as files: what a process starts with when the API server does not answer. */
const flagDirectories = Object.entries(flagConfigMaps).map(([directory, configMap]) => ({ name: `flag-${directory}`, directory, configMap }));

/** What both roles have alike. */
export interface Runtime {
  readonly env: types.input.core.v1.EnvVar[];
  readonly envFrom: types.input.core.v1.EnvFromSource[];
  readonly volumes: types.input.core.v1.Volume[];
  readonly volumeMounts: types.input.core.v1.VolumeMount[];
  readonly serviceAccountName: pulumi.Input<string>;
}

/** A pod of the service's image in one of its roles. */
export function servicePod(context: StackContext, role: "api" | "worker", { env, envFrom, volumes, volumeMounts, serviceAccountName }: Runtime): types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: metadataOf(context, role, context.appVersion).labels },
    spec: restrictedPodSpec({
      user: imageUsers["forecast-service"],
      serviceAccountName,
      terminationGracePeriodSeconds,
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: selectorLabels(context.stack, role) } },
        { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: selectorLabels(context.stack, role) } },
      ],
      containers: [
        {
          name: role,
          image: context.image("forecast-service"),
          args: [role],
          env,
          envFrom,
          ports: [{ name: "http", containerPort: servicePort }],
          resources: resourcesOf(context.settings.size, role),
          startupProbe: httpProbe("/health/live", "http", { periodSeconds: 1, failureThreshold: 90 }),
          // Five late answers, not two: a busy pod that answers late serves all the same, and where it is the last one nobody would.
          readinessProbe: httpProbe("/health/ready", "http", { periodSeconds: 3, failureThreshold: 5 }),
          // Never asks for Postgres or Redis: restarting the service heals neither.
          livenessProbe: httpProbe("/health/live", "http", { periodSeconds: 10, failureThreshold: 6 }),
          terminationMessagePolicy: "FallbackToLogsOnError",
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            ...flagDirectories.map(({ name, directory }) => ({ name, mountPath: `${flagsDirectory}/${directory}`, readOnly: true })),
            ...volumeMounts,
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
        ...flagDirectories.map(({ name, configMap }) => ({ name, configMap: { name: configMap, optional: true } })),
        ...volumes,
      ],
    }),
  };
}
