import { beforeAll, describe, expect, it } from "@jest/globals";
import type { RenderedResource } from "./rendering/rendered-resource.ts";
import { renderStack, stackConfiguration } from "./rendering/render-stack.ts";
import { type Workload, workloadsOf } from "./rendering/workloads.ts";

let dev: readonly RenderedResource[];
let production: readonly RenderedResource[];

beforeAll(async () => {
  dev = (await renderStack("dev")).resources;
  production = (await renderStack("production")).resources;
});

/** The migrations' Job without the part of its name that changes with every migration. */
const stable = (name: string): string => name.replace(/^migrate-[0-9a-f]{12}$/, "migrate");
const find = (resources: readonly RenderedResource[], kind: string, name: string): RenderedResource => {
  const found = resources.find((resource) => resource.type.endsWith(`:${kind}`) && stable(resource.name) === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const specOf = (resources: readonly RenderedResource[], kind: string, name: string): Record<string, unknown> => find(resources, kind, name).inputs["spec"] as Record<string, unknown>;
const workload = (resources: readonly RenderedResource[], name: string): Workload => {
  const found = workloadsOf(resources).find((candidate) => stable(candidate.name) === name);
  if (found === undefined) throw new Error(`there is no workload ${name}`);
  return found;
};

describe("the flags", () => {
  it("are guarded by policies of the cluster that say nothing about any other namespace", () => {
    for (const kind of ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]) {
      for (const map of ["feature-flag-overrides", "feature-flag-rollouts"]) {
        const { metadata, spec } = find(dev, kind, map).inputs as { metadata: { name: string }; spec: { matchConstraints?: object; matchResources?: object } };
        expect(metadata.name).toBe(`forecast-dev-${map}`);
        expect(spec.matchConstraints ?? spec.matchResources).toMatchObject({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "forecast-dev" } } });
      }
    }
  });

  it("have a Role for teams that write the overrides and no other map", () => {
    const rules = find(dev, "Role", "feature-flag-editor").inputs["rules"] as { resourceNames?: string[]; verbs: string[] }[];
    const writing = rules.filter(({ verbs }) => verbs.some((verb) => !["get", "list", "watch"].includes(verb)));
    expect(writing).toEqual([{ apiGroups: [""], resources: ["configmaps"], resourceNames: ["feature-flag-overrides"], verbs: ["patch", "update"] }]);
  });
});

describe("the api", () => {
  it("never has fewer ready pods than it should while it is updated", () => {
    expect(specOf(dev, "Deployment", "api")).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } });
    expect(specOf(dev, "PodDisruptionBudget", "api")).toMatchObject({ maxUnavailable: 1 });
  });

  it("leaves its number of pods to the autoscaler where there is one", () => {
    expect(specOf(dev, "Deployment", "api")["replicas"]).toBe(2);
    expect(specOf(production, "Deployment", "api")["replicas"]).toBeUndefined();
    expect(specOf(production, "HorizontalPodAutoscaler", "api")).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
    expect(dev.some(({ type }) => type.endsWith(":HorizontalPodAutoscaler"))).toBe(false);
  });

  it("is restarted when it hangs and taken out of service when its database is gone, not the other way round", () => {
    const [container] = workload(dev, "api").containers;
    expect(container).toMatchObject({ livenessProbe: { httpGet: { path: "/health/live" } }, readinessProbe: { httpGet: { path: "/health/ready" } }, startupProbe: { httpGet: { path: "/health/live" } } });
  });

  it("has time to finish its requests after it stopped being found", () => {
    expect(workload(dev, "api").pod.terminationGracePeriodSeconds).toBeGreaterThan(30);
  });

  it("spreads over nodes and zones", () => {
    expect(workload(dev, "api").pod.topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toEqual(["kubernetes.io/hostname", "topology.kubernetes.io/zone"]);
  });

  it("starts after the migrations, as does the worker", () => {
    for (const name of ["api", "worker"]) expect(find(dev, "Deployment", name).options.dependsOn).toContainEqual(expect.stringMatching(/^Job::migrate-/));
  });

  it("is reached through its own port of the node in dev, and inside the cluster in production", () => {
    expect(specOf(dev, "Service", "api")).toMatchObject({ type: "NodePort", ports: [{ port: 4000, nodePort: 30400 }] });
    expect(specOf(production, "Service", "api")).toMatchObject({ type: "ClusterIP", ports: [{ port: 4000 }] });
  });

  it("has the users of the three roles everywhere but in production", async () => {
    for (const environment of ["dev", "staging", "production"]) {
      const { resources } = await renderStack(environment, { ...stackConfiguration(environment), "forecast-stack:roleUsersPassword": "<roleUsersPassword>" });
      const secrets = find(resources, "Secret", "service-secrets").inputs["stringData"] as Record<string, string>;
      expect([environment, "ROLE_USERS_PASSWORD" in secrets]).toEqual([environment, environment !== "production"]);
    }
  });

  it("may read the three ConfigMaps of the flags, tell of them in Events, and nothing else; the worker may end overrides besides", () => {
    const reading = [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["feature-flags", "feature-flag-overrides", "feature-flag-rollouts"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create"] },
    ];
    expect(find(dev, "Role", "forecast-service").inputs["rules"]).toEqual(reading);
    expect(find(dev, "Role", "forecast-worker").inputs["rules"]).toEqual([...reading, { apiGroups: [""], resources: ["configmaps"], resourceNames: ["feature-flag-overrides"], verbs: ["patch"] }]);
    expect([workload(dev, "api").pod, workload(dev, "worker").pod].map((pod) => (pod as { serviceAccountName?: string }).serviceAccountName)).toEqual(["forecast-service", "forecast-worker"]);
  });

  it("gets its passwords from a Secret whose name changes with them, so that a new one rolls the pods", () => {
    const { inputs } = find(dev, "Secret", "service-secrets");
    expect(inputs).toMatchObject({ immutable: true, stringData: { DB_PASSWORD: "<appPassword>", JWT_SECRET: "<jwtSecret>", SVC_JWT: "<serviceToken>", REDIS_URL: `redis://:${encodeURIComponent("<redisPassword>")}@redis:6379` } });
    expect((inputs["metadata"] as { name?: string }).name).toBeUndefined();
    expect(workload(dev, "api").containers[0]?.envFrom).toContainEqual({ secretRef: { name: "service-secrets-<suffix>" } });
  });
});

describe("the migrations", () => {
  it("are another resource for another image, so that going back after a failed update leaves the finished Job alone", async () => {
    const nameWith = async (image: string): Promise<string | undefined> => {
      const { resources } = await renderStack("dev", { ...stackConfiguration("dev"), "forecast-stack:images": JSON.stringify({ "forecast-service": image }) });
      return resources.find(({ type }) => type.endsWith(":Job"))?.name;
    };
    const before = await nameWith("forecast-service:1");
    expect(before).toMatch(/^migrate-[0-9a-f]{12}$/);
    expect(await nameWith("forecast-service:2")).not.toBe(before);
    expect(await nameWith("forecast-service:1")).toBe(before);
  });

  it("run as the owner of the schema, after the database and before the service", () => {
    expect(find(dev, "Job", "migrate").options.dependsOn).toContain("StatefulSet::postgres");
    expect(workload(dev, "migrate").containers[0]?.env).toContainEqual({ name: "DB_USER", value: "forecast_owner" });
  });

  it("show the SQL error in the update, give up soon, and are never removed by time", () => {
    expect(workload(dev, "migrate").containers[0]).toMatchObject({ args: ["migrate", "up"], terminationMessagePolicy: "FallbackToLogsOnError" });
    expect(specOf(dev, "Job", "migrate")).toMatchObject({ backoffLimit: 1, activeDeadlineSeconds: 155 });
    expect(specOf(dev, "Job", "migrate")["ttlSecondsAfterFinished"]).toBeUndefined();
  });

  it("can be tried again after they failed", () => {
    expect(find(dev, "Job", "migrate").inputs["metadata"]).toMatchObject({ annotations: { "pulumi.com/replaceUnready": "true" } });
  });
});

describe("the backups", () => {
  it("are made by schedule, one at a time, by a superuser, encrypted with the stack's key, on a volume that outlives the stack", () => {
    expect(specOf(dev, "CronJob", "backup")).toMatchObject({ schedule: "30 1 * * *", concurrencyPolicy: "Forbid", jobTemplate: { spec: { backoffLimit: 0, template: { spec: { containers: [{ args: ["backup", "run"] }] } } } } });
    expect(find(dev, "Secret", "backup").inputs).toMatchObject({ immutable: true, stringData: { key: "<backupKey>", password: "<postgresPassword>" } });
    expect(find(dev, "PersistentVolumeClaim", "backups").options).toMatchObject({ retainOnDelete: true });
  });

  it("are somebody else's where somebody else runs Postgres, and their age is then not watched here", () => {
    expect(production.filter(({ type }) => type.endsWith(":CronJob")).map(({ name }) => name)).toEqual(["validate"]);
    const watched = (resources: readonly RenderedResource[]) => JSON.stringify(resources).includes("BACKUP_MAX_AGE_HOURS");
    expect([watched(dev), watched(production)]).toEqual([true, false]);
  });
});

describe("a bucket for the backups", () => {
  const withBucket = async (stack: "dev" | "production", postgres: object = {}) => {
    const config = stackConfiguration(stack);
    const merged = (key: string, more: object) => ({ [`forecast-stack:${key}`]: JSON.stringify({ ...(JSON.parse(config[`forecast-stack:${key}`] ?? "{}") as object), ...more }) });
    const keys = { "forecast-stack:backupS3AccessKeyId": "<id>", "forecast-stack:backupS3SecretAccessKey": "<key>" };
    return (await renderStack(stack, { ...config, ...keys, ...merged("backup", { s3: { bucket: "backups", endpoint: "http://store:7070" } }), ...merged("postgres", postgres) })).resources;
  };

  it("takes the place of the volume, with its key in a Secret alone, and is the one thing outside that backups reach", async () => {
    const resources = await withBucket("dev");
    const { jobTemplate } = specOf(resources, "CronJob", "backup") as { jobTemplate: { spec: { template: { spec: { containers: { env: object[] }[] } } } } };
    expect(jobTemplate.spec.template.spec.containers[0]?.env).toEqual(expect.arrayContaining([{ name: "BACKUP_S3_BUCKET", value: "backups" }, { name: "BACKUP_S3_PREFIX", value: "dev/" }, { name: "AWS_SECRET_ACCESS_KEY", valueFrom: { secretKeyRef: { name: "backup-bucket-<suffix>", key: "secretAccessKey" } } }]));
    expect(find(resources, "Secret", "backup-bucket").inputs).toMatchObject({ immutable: true, stringData: { accessKeyId: "<id>", secretAccessKey: "<key>" } });
    expect(resources.some(({ type, name }) => type.endsWith(":PersistentVolumeClaim") && name === "backups")).toBe(false);
    expect(specOf(resources, "NetworkPolicy", "forecast-dev/backup")).toMatchObject({ egress: expect.arrayContaining([{}]) });
  });

  it("gets CloudNativePG's WAL every five minutes at the latest, and a base backup by schedule", async () => {
    const resources = await withBucket("production");
    const key = (name: string) => ({ name: "backup-bucket-<suffix>", key: name });
    expect(specOf(resources, "Cluster", "postgres")).toMatchObject({
      postgresql: { parameters: { archive_timeout: "5min" } },
      backup: { retentionPolicy: "14d", barmanObjectStore: { destinationPath: "s3://backups/production/", endpointURL: "http://store:7070", s3Credentials: { accessKeyId: key("accessKeyId"), secretAccessKey: key("secretAccessKey") } } },
    });
    expect(specOf(resources, "ScheduledBackup", "postgres-backups")).toMatchObject({ schedule: "0 30 1 * * *", immediate: true, cluster: { name: "postgres" }, method: "barmanObjectStore" });
    expect(specOf(production, "Cluster", "postgres")["backup"]).toBeUndefined();
  });

  it("is what a new cluster is recovered from, to a moment, while the old one stays", async () => {
    const resources = await withBucket("production", { cluster: "postgres-2", recovery: { from: "postgres", until: "2026-01-31T02:00:00Z" } });
    expect(specOf(resources, "Cluster", "postgres-2")).toMatchObject({
      bootstrap: { recovery: { source: "postgres", database: "forecast", owner: "forecast_owner", recoveryTarget: { targetTime: "2026-01-31T02:00:00Z" } } },
      externalClusters: [{ name: "postgres", barmanObjectStore: { serverName: "postgres", destinationPath: "s3://backups/production/" } }],
    });
    expect(find(production, "Cluster", "postgres").options).toMatchObject({ retainOnDelete: true });
    expect(workload(resources, "api").containers[0]?.env).toContainEqual({ name: "DB_HOST", value: "postgres-2-rw" });
  });
});

describe("Postgres", () => {
  it("of one instance has a volume, its tuning and the provisioning of its first start", () => {
    const [container] = workload(dev, "postgres").containers;
    expect(container?.args).toEqual(expect.arrayContaining(["postgres", "shared_buffers=128MB", "max_connections=100"]));
    expect(specOf(dev, "StatefulSet", "postgres")).toMatchObject({ volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "5Gi" } } } }] });
    const script = (find(dev, "ConfigMap", "postgres-provisioning").inputs["data"] as Record<string, string>)["10-forecast.sh"];
    for (const statement of ["CREATE ROLE forecast_owner", "CREATE ROLE forecast_app", "IN ROLE pg_monitor", "CREATE DATABASE forecast OWNER forecast_owner", '"uuid-ossp"', '"pg_stat_statements"']) expect(script).toContain(statement);
  });

  it("is ready only when it listens to others, which it does not during its first start", () => {
    expect(workload(dev, "postgres").containers[0]?.readinessProbe.exec.command).toContain("--host=127.0.0.1");
  });

  it("in production is a cluster with the documented tuning and roles whose passwords can change", () => {
    expect(specOf(production, "Cluster", "postgres")).toMatchObject({
      instances: 3,
      postgresql: { parameters: { shared_buffers: "2GB", effective_cache_size: "6GB", max_connections: "200" } },
      bootstrap: { initdb: { database: "forecast", owner: "forecast_owner" } },
      managed: { roles: [{ name: "forecast_app", login: true }, { name: "forecast_monitor", inRoles: ["pg_monitor"] }] },
      storage: { size: "200Gi" },
    });
    expect(find(production, "Cluster", "postgres").inputs["metadata"]).toMatchObject({ annotations: { "pulumi.com/waitFor": "condition=Ready" } });
    expect(find(production, "Job", "migrate").options.dependsOn).toEqual(["CustomResource::postgres"]);
  });

  it("of a cluster is spoken to with TLS that is checked against the operator's authority", () => {
    for (const name of ["api", "worker", "migrate"]) {
      const [container] = workload(production, name).containers;
      expect(container?.env).toEqual(expect.arrayContaining([{ name: "DB_SSL", value: "true" }, { name: "DB_HOST", value: "postgres-rw" }, { name: "NODE_EXTRA_CA_CERTS", value: "/etc/forecast-stack/database/ca.crt" }]));
      expect(workload(production, name).pod.volumes).toContainEqual(expect.objectContaining({ secret: expect.objectContaining({ secretName: "postgres-ca" }) }));
    }
  });

  it("can be one that exists already", async () => {
    const { resources } = await renderStack("dev", { ...stackConfiguration("dev"), "forecast-stack:postgres": '{"mode":"external","host":"db.example","port":6432,"ssl":true}' });
    expect(resources.filter(({ component }) => component === "postgres")).toEqual([]);
    expect(workload(resources, "api").containers[0]?.env).toEqual(expect.arrayContaining([{ name: "DB_HOST", value: "db.example" }, { name: "DB_PORT", value: "6432" }, { name: "DB_SSL", value: "true" }]));
  });
});

describe("Redis", () => {
  it("has a password and forgets what was used longest ago when it is full", () => {
    const configuration = (find(dev, "Secret", "redis-config").inputs["stringData"] as Record<string, string>)["redis.conf"];
    expect(configuration).toContain('requirepass "<redisPassword>"');
    expect(configuration).toContain("maxmemory 96mb");
    expect(configuration).toContain("maxmemory-policy allkeys-lru");
  });

  it("can be left out, and then nothing speaks of it", async () => {
    const { resources } = await renderStack("dev", { ...stackConfiguration("dev"), "forecast-stack:redis": '{"enabled":false}' });
    expect(resources.filter(({ name }) => name.startsWith("redis"))).toEqual([]);
    expect(JSON.stringify(resources.filter(({ component }) => ["forecast-service", "policies", "prometheus"].includes(component)))).not.toMatch(/REDIS_URL|redis-exporter/);
  });
});

describe("the flags", () => {
  it("that people write are never put back by the program", () => {
    for (const name of ["feature-flag-overrides", "feature-flag-rollouts"]) {
      const { inputs, options } = find(dev, "ConfigMap", name);
      expect(inputs["data"]).toBeUndefined();
      expect(options.ignoreChanges).toEqual(expect.arrayContaining(["data", "binaryData", "metadata.annotations"]));
      expect(inputs["metadata"]).toMatchObject({ name });
    }
  });

  it("are defined for the stack's environment", () => {
    const document = (resources: readonly RenderedResource[]) => JSON.parse((find(resources, "ConfigMap", "feature-flags").inputs["data"] as Record<string, string>)["flags.json"] ?? "") as { flags: Record<string, { defaultVariant: string }> };
    expect(document(dev).flags["ENABLE_HYBRID_FORECASTING"]?.defaultVariant).toBe("on");
    expect(document(production).flags["ENABLE_HYBRID_FORECASTING"]?.defaultVariant).toBe("off");
  });
});

describe("monitoring", () => {
  it("keeps the strict security level for everything but what reads the node", () => {
    const level = (name: string) => (find(dev, "Namespace", name).inputs["metadata"] as { labels: Record<string, string> }).labels["pod-security.kubernetes.io/enforce"];
    expect(level("namespace")).toBe("restricted");
    expect(level("node-namespace")).toBe("privileged");
    const inNodeNamespace = workloadsOf(dev).filter(({ resource }) => (resource.inputs["metadata"] as { namespace: string }).namespace === "forecast-dev-node");
    expect(inNodeNamespace.map(({ name }) => name)).toEqual(["node-exporter"]);
  });

  it("lets Prometheus read metrics of the cluster, and neither secrets nor pods through the kubelet", () => {
    const rules = JSON.stringify(find(dev, "ClusterRole", "prometheus").inputs["rules"]);
    expect(rules).toContain("nodes/metrics");
    expect(rules).not.toMatch(/secrets|nodes\/proxy|\*/);
    expect(JSON.stringify(find(dev, "ClusterRole", "kube-state-metrics").inputs["rules"])).not.toMatch(/secrets|configmaps|\*/);
  });

  it("names its cluster-wide rights after the namespace, so that two stacks do not share them", () => {
    for (const { inputs } of dev.filter(({ type }) => /ClusterRole/.test(type))) expect((inputs["metadata"] as { name: string }).name).toMatch(/^forecast-dev-/);
  });

  it("restarts Prometheus with a new configuration, on the same volume", () => {
    expect(find(dev, "ConfigMap", "prometheus-config").inputs["immutable"]).toBe(true);
    expect(workload(dev, "prometheus").pod.volumes).toContainEqual({ name: "config", configMap: { name: "prometheus-config-<suffix>" } });
  });

  it("loads every rule group, bundled or by the operator", () => {
    const bundled = (find(dev, "ConfigMap", "prometheus-config").inputs["data"] as Record<string, string>)["rules.yaml"];
    expect(bundled).toContain("alert: ForecastingSystemUnhealthy");
    expect(JSON.stringify(specOf(production, "PrometheusRule", "rules"))).toContain("ForecastingSystemUnhealthy");
  });

  it("by the operator scrapes the same services and brings no Prometheus of its own", () => {
    expect(production.filter(({ type }) => type.endsWith(":ServiceMonitor")).map(({ name }) => name)).toEqual(["monitor-api", "monitor-grafana", "monitor-postgres-exporter", "monitor-redis-exporter", "monitor-rollout-controller", "monitor-worker"]);
    expect(workloadsOf(production).some(({ name }) => name === "prometheus" || name === "alertmanager")).toBe(false);
  });

  it("posts alerts where the secret webhook says", async () => {
    const config = { ...stackConfiguration("dev"), "forecast-stack:alertWebhookUrl": "https://hooks.example/secret" };
    const { resources } = await renderStack("dev", config);
    expect((find(resources, "Secret", "alertmanager-config").inputs["stringData"] as Record<string, string>)["alertmanager.yaml"]).toContain("url: https://hooks.example/secret");
    expect(find(resources, "Secret", "service-secrets").inputs["stringData"]).toMatchObject({ ALERT_WEBHOOK: "https://hooks.example/secret" });
    expect(JSON.stringify(resources.filter(({ type }) => type !== "kubernetes:v1:Secret"))).not.toContain("hooks.example");
  });
});

describe("Grafana", () => {
  it("has its data source and its dashboards from ConfigMaps", () => {
    const { data } = find(production, "ConfigMap", "grafana-provisioning").inputs as { data: Record<string, string> };
    expect(data["datasources.yaml"]).toContain("uid: prometheus");
    expect(data["datasources.yaml"]).toContain("http://prometheus-operated.monitoring:9090");
    expect(workload(production, "grafana").pod.volumes).toContainEqual({ name: "dashboards", configMap: { name: "dashboards-<suffix>" } });
    expect(find(production, "ConfigMap", "dashboards").inputs["metadata"]).toMatchObject({ labels: { grafana_dashboard: "1" } });
  });

  it("is off in dev, and its URL is empty", async () => {
    expect(workloadsOf(dev).some(({ name }) => name === "grafana")).toBe(false);
    expect((await renderStack("dev")).outputs["grafanaUrl"]).toBe("");
  });
});

describe("the service's image", () => {
  it("can be built and pushed by the program, and then runs by the digest that was pushed", async () => {
    const image = { build: true, repository: "registry.example/forecast-service", buildArguments: { NODE_VERSION: "24" }, cacheFrom: ["registry.example/forecast-service:0.0.9"] };
    const { resources, outputs } = await renderStack("staging", { ...stackConfiguration("staging"), "forecast-stack:image": JSON.stringify(image) });
    expect(find(resources, "Image", "forecast-service").inputs).toMatchObject({
      imageName: "registry.example/forecast-service:0.1.0",
      build: { platform: "linux/amd64", args: { NODE_VERSION: "24" }, cacheFrom: { images: ["registry.example/forecast-service:0.0.9"] } },
    });
    for (const name of ["api", "worker", "migrate"]) expect(workload(resources, name).containers[0]?.image).toBe("registry.example/forecast-service:0.1.0@<digest>");
    expect(outputs["images"]).toMatchObject({ "forecast-service": "registry.example/forecast-service:0.1.0@<digest>" });
  });

  it("is not built where the settings do not say so", () => {
    expect(production.some(({ type }) => type.startsWith("docker:"))).toBe(false);
  });
});

describe("the outputs", () => {
  it("have the names and values that others rely on", async () => {
    const { outputs } = await renderStack("dev");
    expect(outputs).toEqual({
      namespace: "forecast-dev",
      serviceUrl: "http://10.208.0.1:30400",
      prometheusUrl: "http://10.208.0.1:30490",
      alertmanagerUrl: "http://10.208.0.1:30493",
      grafanaUrl: "",
      schemaRange: { oldest: expect.stringMatching(/^[0-9]+\.[0-9]+\.[0-9]+$/) },
      flagOverrides: {},
      schemaVersion: expect.stringMatching(/^[0-9]+\.[0-9]+\.[0-9]+$/),
      migrations: expect.objectContaining({ 0: expect.objectContaining({ version: "0.0.1", kind: "expand" }) }),
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      images: expect.objectContaining({ "forecast-service": "forecast-stack.local/forecast-service:0.1.0-0123456789ab" }),
    });
  });
});
