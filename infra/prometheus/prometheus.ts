import { StatefulSet } from "@pulumi/kubernetes/apps/v1/index.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { lookbackSeconds, type PrometheusConfigInput, prometheusConfig } from "@forecast-stack/monitoring/prometheus-config.ts";
import { stringify } from "yaml";
import { alertmanagerPort } from "../alertmanager.ts";
import { exposedService, exposedUrl, podsOf } from "../exposed-service.ts";
import { selectorLabels } from "../labels.ts";
import { httpProbe, restrictedPodSpec } from "../pod.ts";
import { imageUsers } from "../security-contexts.ts";
import { goMemoryLimit, resourcesOf } from "../sizing.ts";
import { metadataOf, type StackContext, waitFor } from "../stack-context.ts";
import { claimTemplate, retainClaims } from "../volume-claim.ts";
import { prometheusAccount } from "./rbac.ts";

export const prometheusPort = 9090;

export interface PrometheusArguments {
  readonly jobs: PrometheusConfigInput["jobs"];
  /** The rule groups as a rules file. */
  readonly rules: Readonly<Record<string, unknown>>;
  /** Namespace of the node exporter; absent where there is none. */
  readonly nodeNamespace?: pulumi.Input<string>;
}

/** The stack's own Prometheus. A new configuration or rule is a new ConfigMap, which restarts it on the same volume. */
export class Prometheus extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(context: StackContext, { jobs, rules, nodeNamespace }: PrometheusArguments, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Prometheus", "prometheus", {}, options);
    const parent = { parent: this };
    const version = context.versionOf("prometheus");
    const { stack, settings } = context;

    const configuration = pulumi.all([context.namespace, nodeNamespace ?? context.namespace]).apply(([namespace, nodes]) =>
      stringify(
        prometheusConfig({
          stack,
          environment: settings.environment,
          namespace,
          nodeNamespace: nodes,
          discovery: settings.monitoring.discovery === "dns" ? { by: "dns", kubelet: `${settings.nodeAddress}:${settings.monitoring.kubeletPort}` } : { by: "kubernetes" },
          jobs,
          alertmanager: `alertmanager:${alertmanagerPort}`,
          ruleFiles: ["/etc/prometheus/rules.yaml"],
        }),
        { aliasDuplicateObjects: false },
      ),
    );
    const config = new ConfigMap(
      "prometheus-config",
      { metadata: metadataOf(context, "prometheus", version), immutable: true, data: { "prometheus.yaml": configuration, "rules.yaml": stringify(rules, { aliasDuplicateObjects: false }) } },
      parent,
    );
    const discoverIn = { stack: context.namespace, ...(nodeNamespace === undefined ? {} : { node: nodeNamespace }), apiserver: "default" };
    const account = prometheusAccount(context, version, settings.monitoring.discovery === "dns" ? {} : discoverIn, parent);
    const port = { name: "http", port: prometheusPort, targetPort: "http" };
    exposedService(context, "prometheus", version, port, parent);
    const pods = podsOf(context, "prometheus", version, port, parent);
    new StatefulSet(
      "prometheus",
      {
        metadata: metadataOf(context, "prometheus", version, "prometheus"),
        spec: {
          serviceName: pods.metadata.name,
          replicas: 1,
          selector: { matchLabels: selectorLabels(stack, "prometheus") },
          persistentVolumeClaimRetentionPolicy: retainClaims,
          volumeClaimTemplates: [claimTemplate(context, "prometheus", settings.monitoring.storage)],
          template: {
            metadata: { labels: metadataOf(context, "prometheus", version).labels },
            spec: restrictedPodSpec({
              user: imageUsers.prometheus,
              serviceAccountName: account.metadata.name,
              // Time to write its memory to the volume.
              terminationGracePeriodSeconds: 120,
              containers: [
                {
                  name: "prometheus",
                  image: context.image("prometheus"),
                  args: [
                    "--config.file=/etc/prometheus/prometheus.yaml",
                    "--storage.tsdb.path=/prometheus",
                    `--storage.tsdb.retention.time=${settings.monitoring.retention}`,
                    `--storage.tsdb.retention.size=${retentionSize(settings.monitoring.storage)}`,
                    `--query.lookback-delta=${lookbackSeconds}s`,
                    `--web.listen-address=:${prometheusPort}`,
                  ],
                  env: [{ name: "GOMEMLIMIT", value: goMemoryLimit(settings.size, "prometheus") }],
                  ports: [{ name: "http", containerPort: prometheusPort }],
                  resources: resourcesOf(settings.size, "prometheus"),
                  // Reading back the journal of a large volume takes minutes.
                  startupProbe: httpProbe("/-/ready", "http", { periodSeconds: 2, failureThreshold: 300 }),
                  readinessProbe: httpProbe("/-/ready", "http", { periodSeconds: 10 }),
                  livenessProbe: httpProbe("/-/healthy", "http", { periodSeconds: 30, failureThreshold: 4 }),
                  terminationMessagePolicy: "FallbackToLogsOnError",
                  volumeMounts: [
                    { name: "data", mountPath: "/prometheus" },
                    { name: "config", mountPath: "/etc/prometheus", readOnly: true },
                  ],
                },
              ],
              volumes: [{ name: "config", configMap: { name: config.metadata.name } }],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings), protect: settings.protect },
    );
    this.url = exposedUrl(context, "prometheus", prometheusPort);
    this.registerOutputs({ url: this.url });
  }
}

/** Old samples go before the volume is full: at four fifths of it, as Prometheus spells sizes. */
export function retentionSize(volume: string): string {
  const [, amount = "", unit = ""] = /^([0-9]+)(Mi|Gi|Ti)$/.exec(volume) ?? [];
  const mebibytes = Number(amount) * { Mi: 1, Gi: 1024, Ti: 1024 * 1024 }[unit as "Mi" | "Gi" | "Ti"];
  return `${Math.floor(mebibytes * 0.8)}MB`;
}
