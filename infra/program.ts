import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { allRuleGroups } from "@forecast-stack/alerts/all-rule-groups.ts";
import { OLDEST_SCHEMA } from "@forecast-stack/migrations/accepted-schema.ts";
import { hurried, renderRuleGroups } from "@forecast-stack/monitoring/alert-rule.ts";
import { scrapeJobs } from "@forecast-stack/monitoring/scrape-jobs.ts";
import { AlertInbox } from "./alert-inbox/alert-inbox.ts";
import { alertLinks } from "./alert-links.ts";
import { notifies } from "./alert-receivers.ts";
import { Alertmanager } from "./alertmanager.ts";
import { appVersion } from "./app-version.ts";
import { Backup, makesBackups, missingBackups } from "./backup.ts";
import { dashboards } from "./dashboards.ts";
import { postgresExporter, redisExporter } from "./database-exporters.ts";
import { fingerprint } from "./fingerprint.ts";
import { Flags } from "./flags.ts";
import { ForecastService } from "./forecast-service/forecast-service.ts";
import { Grafana } from "./grafana.ts";
import { chosenImages } from "./chosen-images.ts";
import { readImagesManifest } from "./images.ts";
import { readMigrationFiles } from "./migration-files.ts";
import { Migrations } from "./migrations.ts";
import { monitoredParts } from "./monitored-parts.ts";
import { StackNamespace } from "./namespace.ts";
import { networkFlows } from "./network-flows.ts";
import { NetworkPolicies } from "./network-policies.ts";
import { networkPolicyRules } from "./network-policy-rules.ts";
import type { Outputs } from "./outputs.ts";
import { postgres } from "./postgres/postgres.ts";
import { kubeStateMetrics } from "./prometheus/kube-state-metrics.ts";
import { NodeExporter } from "./prometheus/node-exporter.ts";
import { OperatorMonitoring } from "./prometheus/operator-monitoring.ts";
import { Prometheus } from "./prometheus/prometheus.ts";
import { readSettings } from "./read-settings.ts";
import { refuseQuarantined } from "./quarantine.ts";
import { Redis } from "./redis.ts";
import { readSecrets } from "./secrets.ts";
import type { StackContext } from "./stack-context.ts";
import { Validation } from "./validation.ts";

const root = join(import.meta.dirname, "..");

/** Everything that the program takes from outside. */
export interface ProgramInput {
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** The embedded cluster's images manifest. */
  readonly imagesManifest: string;
  /** What was rolled back from (see quarantine.ts). */
  readonly quarantine: string;
  /** Tells whoever runs the update of what is wrong without being an error. */
  readonly warn: (message: string) => void;
}

/** Declares one stack, from its settings to its outputs. */
export async function program({ project, stack, config, secretKeys, imagesManifest, quarantine, warn }: ProgramInput): Promise<Outputs> {
  const settings = readSettings(project, config);
  const secretsStack = settings.secretsStack === "" ? `organization/${project}-secrets/${stack}` : settings.secretsStack;
  const namespaceName = settings.namespace === "" ? `forecast-${stack}` : settings.namespace;
  const nodeNamespaceName = `${namespaceName}-node`;
  const version = appVersion(root);
  const images = chosenImages(settings, { root, version, manifestFile: imagesManifest, accept: (image) => refuseQuarantined(quarantine, { image }, stack) });
  const migrationFiles = readMigrationFiles(join(root, "migrations"));
  const name = fingerprint(root, [settings, settings.imageSource === "embedded" ? readImagesManifest(imagesManifest) : images.plannedImage("forecast-service")], settings.image.build);
  refuseQuarantined(quarantine, { fingerprint: name, image: images.plannedImage("forecast-service") }, stack);
  const secrets = await readSecrets({ project, config, secretKeys, secretsStack });

  // namespace
  const namespace = new StackNamespace("namespace", { stack, name: namespaceName, version, level: "restricted", keep: true, protect: settings.protect });
  const context: StackContext = { stack, settings, secrets, namespace: namespace.name, appVersion: version, ...images };

  // databases
  const endpoint = postgres(context, {});
  postgresExporter(context, endpoint, {});
  const redis = settings.redis.enabled ? new Redis(context, {}) : undefined;
  if (redis !== undefined) redisExporter(context, {});

  // the service, after its migrations: they are the first that its image runs
  const migrations = new Migrations(context, endpoint, migrationFiles, {});
  if (makesBackups(settings)) new Backup(context, endpoint, [migrations.done], {});
  const warning = missingBackups(settings);
  if (warning !== undefined) warn(warning);
  const flags = new Flags(context, {});
  const service = new ForecastService(context, { endpoint, ...(redis === undefined ? {} : { redisUrl: redis.url }), after: [migrations.done, ...flags.maps] }, {});

  // monitoring
  const jobs = scrapeJobs(monitoredParts(settings));
  const rules = renderRuleGroups(settings.alerting.rehearsal ? hurried(allRuleGroups) : allRuleGroups, alertLinks(settings, namespaceName));
  const nodeExporter = settings.monitoring.nodeExporter ? new NodeExporter(context, nodeNamespaceName, {}) : undefined;
  if (settings.monitoring.kubeStateMetrics) kubeStateMetrics(context, [namespaceName, nodeNamespaceName], {});
  const scraping = { jobs, rules, ...(nodeExporter === undefined ? {} : { nodeNamespace: nodeExporter.namespace }) };
  const { prometheusUrl, alertmanagerUrl } = settings.monitoring.mode === "bundled" ? bundledMonitoring(context, scraping) : operatorMonitoring(context, scraping);
  if (prometheusIsKnown(settings)) new Validation(context, [migrations.done], {});
  const dashboardsMap = dashboards(context, {});
  const grafana = settings.grafana.enabled ? new Grafana(context, { prometheusUrl: settings.monitoring.mode === "bundled" ? "http://prometheus:9090" : prometheusUrl, dashboards: dashboardsMap }, {}) : undefined;

  // policies
  const flows = networkFlows(settings, jobs, { alerts: secrets.alertWebhookUrl !== undefined, notifications: notifies(secrets, settings), mail: secrets.smtpUrl !== undefined });
  const places = { stack, namespace: namespaceName, nodeNamespace: nodeNamespaceName, postgresMode: settings.postgres.mode };
  new NetworkPolicies(context, networkPolicyRules(flows, places), [namespace, ...(nodeExporter === undefined ? [] : [nodeExporter])], {});

  return {
    namespace: namespace.name,
    serviceUrl: service.url,
    prometheusUrl,
    alertmanagerUrl,
    grafanaUrl: grafana?.url ?? pulumi.output(""),
    images: images.used(),
    schemaVersion: migrationFiles.newest,
    migrations: migrationFiles.migrations,
    schemaRange: { oldest: OLDEST_SCHEMA },
    flagOverrides: flags.overrides,
    fingerprint: name,
  };
}

function prometheusIsKnown({ monitoring }: StackContext["settings"]): boolean {
  return monitoring.mode === "bundled" || monitoring.prometheusUrl !== "";
}

type Scraping = ConstructorParameters<typeof Prometheus>[1];

function bundledMonitoring(context: StackContext, scraping: Scraping): Pick<Outputs, "prometheusUrl" | "alertmanagerUrl"> {
  if (context.settings.alerting.inbox) new AlertInbox(context, {});
  const alertmanager = new Alertmanager(context, {});
  const prometheus = new Prometheus(context, scraping, {});
  return { prometheusUrl: prometheus.url, alertmanagerUrl: alertmanager.url };
}

function operatorMonitoring(context: StackContext, scraping: Scraping): Pick<Outputs, "prometheusUrl" | "alertmanagerUrl"> {
  new OperatorMonitoring(context, scraping, {});
  const { prometheusUrl, alertmanagerUrl } = context.settings.monitoring;
  return { prometheusUrl: pulumi.output(prometheusUrl), alertmanagerUrl: pulumi.output(alertmanagerUrl) };
}
