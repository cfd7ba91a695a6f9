import { z } from "zod";
import { ownedVariables } from "./forecast-service/owned-variables.ts";
import { teams } from "@forecast-stack/monitoring/alertmanager-config.ts";
import { imageRoles } from "./image-roles.ts";

const quantity = z.string().regex(/^[1-9][0-9]*(Mi|Gi|Ti)$/, "a size such as 512Mi, 20Gi or 1Ti");
const port = z.int().min(1).max(65535);
const nodePort = z.int().min(30000).max(32767);
const optionalUrl = z.string().regex(/^(https?:\/\/[^\s]+)?$/, "a URL such as http://prometheus.monitoring:9090");
const emailAddresses = z.string().regex(/^([^\s@,]+@[^\s@,]+(, ?[^\s@,]+@[^\s@,]+)*)?$/, "e-mail addresses, separated by commas");
const resourceName = z.string().regex(/^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/, "a name of lower-case letters, digits and dashes, at most 50 long");
const replicas = z.int().min(1).max(50);
const imageReference = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._/:-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[a-f0-9]{64})$/, "an image with a tag or a digest, such as redis:7.2.10")
  .refine((reference) => !reference.endsWith(":latest"), "an image with a fixed tag, not latest");

/**
 * Every setting of a stack. Pulumi.yaml declares the same keys, types, defaults
 * and descriptions for the CLI (a test keeps the two identical); this schema is
 * what the program trusts.
 */
export const settingsSchema = z.strictObject({
  environment: z.enum(["dev", "staging", "production"]).default("dev").describe("Which defaults the feature flags take and what the service calls its environment"),
  namespace: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?)?$/, "a name of lower-case letters, digits and dashes, at most 52 long")
    .default("")
    .describe("Namespace of the stack; empty: forecast-<stack>"),
  size: z.enum(["small", "standard", "large"]).default("standard").describe("Processor and memory of every container, and Postgres tuned to it (large: the documented 2 GB of shared buffers)"),
  protect: z.boolean().default(false).describe("Refuse to delete the namespace and the stateful parts, with their volumes"),
  storageClass: z.string().default("").describe("Storage class of every volume; empty: the cluster's default"),
  secretsStack: z.string().default("").describe("Stack whose outputs give the passwords that this stack's secret configuration does not; empty: organization/forecast-stack-secrets/<stack>"),
  readyTimeoutSeconds: z.int().min(30).max(3600).default(165).describe("How long an update waits for one workload to become ready before it fails"),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info").describe("Log level of the service"),
  imageSource: z.enum(["embedded", "registry"]).default("registry").describe("registry: the pinned official images; embedded: the images that the embedded cluster built, from its manifest"),
  images: z.partialRecord(z.enum(imageRoles), imageReference).default({}).describe("Images that replace the chosen ones, by role"),
  image: z
    .strictObject({
      build: z.boolean().default(false).describe("Build and push the service's image with the Docker provider"),
      repository: z.string().default("").describe("Registry and repository that the built image is pushed to"),
      platform: z.string().regex(/^linux\/[a-z0-9]+(\/[a-z0-9]+)?$/, "a platform such as linux/amd64").default("linux/amd64").describe("Platform of the built image"),
      buildArguments: z.record(z.string(), z.string()).default({}).describe("Build arguments of the Dockerfile"),
      cacheFrom: z.array(imageReference).default([]).describe("Images whose layers the build may reuse"),
    })
    .prefault({}),
  serviceType: z.enum(["ClusterIP", "NodePort"]).default("ClusterIP").describe("How the service, Prometheus, Alertmanager and Grafana are reached"),
  nodeAddress: z.string().regex(/^[A-Za-z0-9.:-]*$/, "an address or a host name").default("").describe("Address of a node, for the URLs of NodePort services"),
  nodePorts: z
    .strictObject({
      api: nodePort.default(30400).describe("Port of the service on every node"),
      prometheus: nodePort.default(30490).describe("Port of Prometheus on every node"),
      alertmanager: nodePort.default(30493).describe("Port of Alertmanager on every node"),
      grafana: nodePort.default(30430).describe("Port of Grafana on every node"),
    })
    .prefault({}),
  serviceEnvironment: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "a variable name such as FORECAST_BATCH_SIZE"), z.coerce.string())
    .default({})
    .describe("Environment variables of the service that differ from its own defaults"),
  api: z
    .strictObject({
      replicas: replicas.default(2).describe("Pods of the api role; with autoscaling, the fewest"),
      autoscaling: z.boolean().default(false).describe("Scale the api role by processor use"),
      maxReplicas: replicas.default(6).describe("Most pods of the api role, with autoscaling"),
      targetCpuPercent: z.int().min(10).max(100).default(70).describe("Processor use that autoscaling aims at, in percent of the request"),
    })
    .prefault({}),
  worker: z
    .strictObject({
      replicas: replicas.default(2).describe("Pods of the worker role; they share one queue"),
    })
    .prefault({}),
  postgres: z
    .strictObject({
      mode: z.enum(["statefulset", "cloudnativepg", "external"]).default("statefulset").describe("A single Postgres, a CloudNativePG cluster, or one that exists already"),
      storage: quantity.default("20Gi").describe("Volume of each Postgres instance"),
      instances: z.int().min(1).max(9).default(3).describe("Instances of the CloudNativePG cluster"),
      maxConnections: z.int().min(20).max(5000).default(200).describe("Connections that Postgres accepts"),
      host: z.string().default("").describe("Host of an external Postgres"),
      port: port.default(5432).describe("Port of an external Postgres"),
      ssl: z.boolean().default(false).describe("Use TLS towards an external Postgres"),
      cluster: resourceName.default("postgres").describe("Name of the CloudNativePG cluster; a new name makes a new cluster, and the old one is kept"),
      recovery: z
        .strictObject({
          from: z.string().regex(/^([a-z][a-z0-9-]*)?$/, "the name of a cluster").default("").describe("Cluster whose base backups and WAL in backup.s3 a new postgres.cluster starts from; empty: it starts empty"),
          until: z.string().regex(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?$/, "a moment such as 2026-01-31T02:00:00Z").default("").describe("Moment that the new cluster is recovered to; empty: the newest that was archived"),
        })
        .prefault({}),
    })
    .prefault({}),
  backup: z
    .strictObject({
      enabled: z.boolean().default(true).describe("Back the database up by schedule and before each deploy; with postgres.mode statefulset, or cloudnativepg and backup.s3"),
      schedule: z.string().regex(/^(\S+ ){4}\S+$/, "a cron expression of five fields, in UTC").default("30 1 * * *").describe("When backups are made, verified and pruned, in UTC"),
      storage: quantity.default("20Gi").describe("Volume of the backups"),
      keepDays: z.int().min(1).max(3650).default(14).describe("Days that every backup is kept"),
      keepNewest: z.int().min(1).max(1000).default(3).describe("Backups that are kept however old they are"),
      s3: z
        .strictObject({
          bucket: z.string().regex(/^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$/, "the name of a bucket").default("").describe("Bucket of S3, or of what speaks its protocol, that takes the backups; empty: a volume does, and CloudNativePG makes none"),
          prefix: z.string().regex(/^([A-Za-z0-9._-]+\/)*$/, "a path that ends with a slash").default("").describe("Where in the bucket; empty: <stack>/"),
          region: z.string().min(1).default("us-east-1").describe("Region of the bucket"),
          endpoint: optionalUrl.default("").describe("URL of a store that is not Amazon's"),
        })
        .prefault({}),
    })
    .prefault({}),
  redis: z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run Redis as the shared cache; the service works without it"),
    })
    .prefault({}),
  monitoring: z
    .strictObject({
      mode: z.enum(["bundled", "operator"]).default("bundled").describe("bundled: Prometheus and Alertmanager of the stack's own; operator: resources for a Prometheus Operator that exists"),
      discovery: z.enum(["kubernetes", "dns"]).default("kubernetes").describe("How the bundled Prometheus finds pods; dns: for one built without Kubernetes discovery (Debian's), on the single node at nodeAddress"),
      kubeletPort: port.default(10250).describe("Port of the kubelets, whose container metrics Prometheus reads"),
      storage: quantity.default("20Gi").describe("Volume of Prometheus"),
      retention: z.string().regex(/^[1-9][0-9]*[hdwy]$/, "a duration such as 15d").default("15d").describe("How long Prometheus keeps samples"),
      nodeExporter: z.boolean().default(true).describe("Run a node exporter on every node (in a namespace of its own, because it reads the host)"),
      kubeStateMetrics: z.boolean().default(true).describe("Run kube-state-metrics"),
      runbookUrl: z.string().default("alerts/runbooks/").describe("Where the runbooks are published, before the file name; the default is their place in the repository"),
      dashboardUrl: optionalUrl.default("").describe("Where alerts find the dashboards, before /d/; empty: the stack's own Grafana"),
      prometheusUrl: optionalUrl.default("").describe("URL of the operator's Prometheus, for Grafana and the outputs"),
      alertmanagerUrl: optionalUrl.default("").describe("URL of the operator's Alertmanager, for the outputs"),
    })
    .prefault({}),
  alerting: z
    .strictObject({
      slackChannel: z.string().default("").describe("Channel that alerts and news are written to; empty: the webhook's own"),
      emailFrom: emailAddresses.default("").describe("Sender of alerts, reports and password resets by e-mail"),
      emailTo: emailAddresses.default("").describe("Who gets alerts by e-mail, separated by commas; empty: nobody"),
      teams: z
        .partialRecord(z.enum(teams), z.strictObject({ slackChannel: z.string().min(1).optional(), emailTo: emailAddresses.min(1).optional() }))
        .default({})
        .describe("Channels of single teams (platform, forecasting, inventory): slackChannel, emailTo"),
      inbox: z.boolean().default(false).describe("Keep the last notifications in the stack, where forecastctl drill sees them arrive; only with monitoring.mode bundled"),
      rehearsal: z.boolean().default(false).describe("Alerts hold for a tenth of their time and are told at once, for drills in a stack that nobody relies on; refused in production"),
    })
    .prefault({}),
  reports: z
    .strictObject({
      emailTo: emailAddresses.default("").describe("Who gets the daily report by e-mail, separated by commas; empty: nobody"),
    })
    .prefault({}),
  grafana: z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run Grafana with the stack's dashboards"),
    })
    .prefault({}),
}).superRefine((settings, context) => {
  const complain = (path: [string, string?], input: unknown, message: string): void => {
    context.addIssue({ code: "custom", path: path.filter((part) => part !== undefined), input, message });
  };
  if (settings.alerting.inbox && settings.monitoring.mode === "operator") complain(["alerting", "inbox"], true, "false where the operator's Alertmanager has receivers of its own (monitoring.mode is operator)");
  if (settings.alerting.rehearsal && settings.environment === "production") complain(["alerting", "rehearsal"], true, "false in production, where alerts must mean what they say");
  if (settings.postgres.mode === "external" && settings.postgres.host === "") complain(["postgres", "host"], "", "the host of the external Postgres (postgres.mode is external)");
  const { mode, cluster, recovery } = settings.postgres;
  if (recovery.from !== "" && (mode !== "cloudnativepg" || settings.backup.s3.bucket === "")) complain(["postgres", "recovery"], recovery.from, "empty, unless postgres.mode is cloudnativepg and backup.s3.bucket says where its backups are");
  if (recovery.from === cluster) complain(["postgres", "cluster"], cluster, "a new name: a cluster cannot be recovered into itself");
  if (settings.alerting.emailTo !== "" && settings.alerting.emailFrom === "") complain(["alerting", "emailFrom"], "", "the sender of alerts (alerting.emailTo is set)");
  if (settings.reports.emailTo !== "" && settings.alerting.emailFrom === "") complain(["alerting", "emailFrom"], "", "the sender of reports (reports.emailTo is set)");
  if (settings.serviceType === "NodePort" && settings.nodeAddress === "") complain(["nodeAddress"], "", "the address of a node (serviceType is NodePort)");
  if (settings.monitoring.discovery === "dns" && settings.nodeAddress === "") complain(["nodeAddress"], "", "the address of the node (monitoring.discovery is dns)");
  if (settings.image.build && settings.image.repository === "") complain(["image", "repository"], "", "where to push the built image (image.build is true)");
  if (settings.grafana.enabled && settings.monitoring.mode === "operator" && settings.monitoring.prometheusUrl === "") {
    complain(["monitoring", "prometheusUrl"], "", "the URL that Grafana reads from (monitoring.mode is operator and grafana.enabled is true)");
  }
  for (const name of Object.keys(settings.serviceEnvironment).filter((key) => ownedVariables.includes(key))) {
    complain(["serviceEnvironment", name], settings.serviceEnvironment[name], "left out (the program sets this variable itself)");
  }
  if (settings.api.autoscaling && settings.api.maxReplicas < settings.api.replicas) {
    complain(["api", "maxReplicas"], settings.api.maxReplicas, `at least api.replicas (${settings.api.replicas})`);
  }
});

export type Settings = z.infer<typeof settingsSchema>;
