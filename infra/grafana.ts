import { Deployment } from "@pulumi/kubernetes/apps/v1/index.js";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { exposedService, exposedUrl, podsOf } from "./exposed-service.ts";
import { selectorLabels } from "./labels.ts";
import { httpProbe, restrictedPodSpec } from "./pod.ts";
import { imageUsers } from "./security-contexts.ts";
import { resourcesOf } from "./sizing.ts";
import { metadataOf, type StackContext, waitFor } from "./stack-context.ts";

export const grafanaPort = 3000;

export interface GrafanaArguments {
  readonly prometheusUrl: pulumi.Input<string>;
  /** The ConfigMap of dashboards.ts. */
  readonly dashboards: ConfigMap;
}

/** Grafana with data source and dashboards from ConfigMaps: it keeps nothing of its own, so it has no volume. */
export class Grafana extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(context: StackContext, { prometheusUrl, dashboards }: GrafanaArguments, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Grafana", "grafana", {}, options);
    const parent = { parent: this };
    const version = context.versionOf("grafana");
    const { settings, secrets } = context;

    const provisioning = new ConfigMap(
      "grafana-provisioning",
      {
        metadata: metadataOf(context, "grafana", version),
        immutable: true,
        data: { "datasources.yaml": pulumi.output(prometheusUrl).apply((url) => stringify(dataSources(url))), "dashboards.yaml": stringify(dashboardProvider) },
      },
      parent,
    );
    const admin = new Secret("grafana-admin", { metadata: metadataOf(context, "grafana", version), immutable: true, stringData: { password: secrets.grafanaAdminPassword } }, parent);
    const port = { name: "http", port: grafanaPort, targetPort: "http" };
    exposedService(context, "grafana", version, port, parent);
    podsOf(context, "grafana", version, port, parent);
    new Deployment(
      "grafana",
      {
        metadata: metadataOf(context, "grafana", version, "grafana"),
        spec: {
          replicas: 1,
          selector: { matchLabels: selectorLabels(context.stack, "grafana") },
          template: {
            metadata: { labels: metadataOf(context, "grafana", version).labels },
            spec: restrictedPodSpec({
              user: imageUsers.grafana,
              containers: [
                {
                  name: "grafana",
                  image: context.image("grafana"),
                  ports: [{ name: "http", containerPort: grafanaPort }],
                  env: [
                    { name: "GF_SECURITY_ADMIN_PASSWORD", valueFrom: { secretKeyRef: { name: admin.metadata.name, key: "password" } } },
                    { name: "GF_ANALYTICS_REPORTING_ENABLED", value: "false" },
                    { name: "GF_ANALYTICS_CHECK_FOR_UPDATES", value: "false" },
                    { name: "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", value: "false" },
                    { name: "GF_USERS_ALLOW_SIGN_UP", value: "false" },
                    { name: "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", value: "/etc/grafana/dashboards/overview.json" },
                  ],
                  resources: resourcesOf(settings.size, "grafana"),
                  startupProbe: httpProbe("/api/health", "http", { periodSeconds: 2, failureThreshold: 60 }),
                  readinessProbe: httpProbe("/api/health", "http", { periodSeconds: 10 }),
                  livenessProbe: httpProbe("/api/health", "http", { periodSeconds: 30, failureThreshold: 4 }),
                  volumeMounts: [
                    { name: "provisioning", mountPath: "/etc/grafana/provisioning/datasources/datasources.yaml", subPath: "datasources.yaml", readOnly: true },
                    { name: "provisioning", mountPath: "/etc/grafana/provisioning/dashboards/dashboards.yaml", subPath: "dashboards.yaml", readOnly: true },
                    { name: "dashboards", mountPath: "/etc/grafana/dashboards", readOnly: true },
                    { name: "data", mountPath: "/var/lib/grafana" },
                    { name: "tmp", mountPath: "/tmp" },
                  ],
                },
              ],
              volumes: [
                { name: "provisioning", configMap: { name: provisioning.metadata.name } },
                { name: "dashboards", configMap: { name: dashboards.metadata.name } },
                { name: "data", emptyDir: {} },
                { name: "tmp", emptyDir: {} },
              ],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings) },
    );
    this.url = exposedUrl(context, "grafana", grafanaPort);
    this.registerOutputs({ url: this.url });
  }
}

/** The uid is what every dashboard's queries name. */
function dataSources(url: string): Record<string, unknown> {
  return { apiVersion: 1, datasources: [{ name: "Prometheus", uid: "prometheus", type: "prometheus", access: "proxy", url, isDefault: true, editable: false, jsonData: { timeInterval: "15s" } }] };
}

const dashboardProvider = { apiVersion: 1, providers: [{ name: "forecast-stack", type: "file", disableDeletion: true, allowUiUpdates: false, options: { path: "/etc/grafana/dashboards" } }] };
