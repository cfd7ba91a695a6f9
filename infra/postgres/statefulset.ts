import { StatefulSet } from "@pulumi/kubernetes/apps/v1/index.js";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { internalService } from "../exposed-service.ts";
import { selectorLabels } from "../labels.ts";
import { restrictedPodSpec } from "../pod.ts";
import { imageUsers } from "../security-contexts.ts";
import { resourcesOf, shares } from "../sizing.ts";
import { metadataOf, type StackContext, waitFor } from "../stack-context.ts";
import { claimTemplate, retainClaims } from "../volume-claim.ts";
import type { DatabaseEndpoint } from "./connection.ts";
import { database, initScript } from "./provisioning.ts";
import { startAlone } from "./start-alone.ts";
import { asArguments, postgresTuning } from "./tuning.ts";

/** Where the volume is mounted; the database is a folder of it. */
const volume = "/var/lib/postgresql/data";

const ready = ["pg_isready", "--username=postgres", `--dbname=${database.name}`, "--host=127.0.0.1"];

/** A single Postgres on a volume. */
export class StatefulSetPostgres extends pulumi.ComponentResource {
  readonly endpoint: DatabaseEndpoint;

  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Postgres", "postgres", {}, options);
    const parent = { parent: this };
    const version = context.versionOf("postgres");
    const { settings, secrets } = context;

    // One name for good: these passwords are read at the first start only, so a new one must not restart the server.
    // The provider replaces a Secret whose data change, and with it whatever takes its name from it: so the name is written out.
    const secretName = "postgres-passwords";
    const passwords = new Secret(
      secretName,
      {
        metadata: metadataOf(context, "postgres", version, secretName),
        stringData: { postgres: secrets.postgresPassword, owner: secrets.ownerPassword, app: secrets.appPassword, monitor: secrets.monitorPassword },
      },
      parent,
    );
    const provisioning = new ConfigMap(
      "postgres-provisioning",
      { metadata: metadataOf(context, "postgres", version, "postgres-provisioning"), data: { "10-forecast.sh": initScript() } },
      parent,
    );
    const service = internalService(context, "postgres", version, { name: "postgres", port: database.port, targetPort: "postgres" }, parent);

    const password = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key } } });
    const server = new StatefulSet(
      "postgres",
      {
        metadata: metadataOf(context, "postgres", version, "postgres"),
        spec: {
          serviceName: service.metadata.name,
          replicas: 1,
          selector: { matchLabels: selectorLabels(context.stack, "postgres") },
          persistentVolumeClaimRetentionPolicy: retainClaims,
          volumeClaimTemplates: [claimTemplate(context, "postgres", settings.postgres.storage)],
          template: {
            metadata: { labels: metadataOf(context, "postgres", version).labels },
            spec: restrictedPodSpec({
              user: imageUsers.postgres,
              // Postgres ends sessions and writes a checkpoint before it stops.
              terminationGracePeriodSeconds: 60,
              containers: [
                {
                  name: "postgres",
                  image: context.image("postgres"),
                  command: startAlone(volume, "docker-entrypoint.sh"),
                  // Servers other than the official image's listen to themselves alone unless told.
                  args: ["postgres", "-c", "listen_addresses=*", "-c", "shared_preload_libraries=pg_stat_statements", ...asArguments(postgresTuning(shares[settings.size].postgres.memory, settings.postgres.maxConnections))],
                  ports: [{ name: "postgres", containerPort: database.port }],
                  env: [
                    { name: "PGDATA", value: `${volume}/pgdata` },
                    { name: "POSTGRES_PASSWORD_FILE", value: "/run/secrets/postgres/postgres" },
                    password("OWNER_PASSWORD", "owner"),
                    password("APP_PASSWORD", "app"),
                    password("MONITOR_PASSWORD", "monitor"),
                  ],
                  resources: resourcesOf(settings.size, "postgres"),
                  startupProbe: { exec: { command: ready }, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 5 },
                  readinessProbe: { exec: { command: ready }, periodSeconds: 5, timeoutSeconds: 5 },
                  livenessProbe: { exec: { command: ready }, periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 10 },
                  volumeMounts: [
                    { name: "data", mountPath: volume },
                    { name: "provisioning", mountPath: "/docker-entrypoint-initdb.d", readOnly: true },
                    { name: "passwords", mountPath: "/run/secrets/postgres", readOnly: true },
                    { name: "run", mountPath: "/var/run/postgresql" },
                    { name: "tmp", mountPath: "/tmp" },
                    { name: "shared-memory", mountPath: "/dev/shm" },
                  ],
                },
              ],
              volumes: [
                { name: "provisioning", configMap: { name: provisioning.metadata.name, defaultMode: 0o555 } },
                { name: "passwords", secret: { secretName, items: [{ key: "postgres", path: "postgres" }], defaultMode: 0o440 } },
                { name: "run", emptyDir: {} },
                { name: "tmp", emptyDir: {} },
                // Parallel queries share memory there; the runtime's own 64 MB are too few.
                { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "256Mi" } },
              ],
            }),
          },
        },
      },
      { ...parent, ...waitFor(settings), protect: settings.protect, dependsOn: [passwords] },
    );
    this.endpoint = { host: service.metadata.name, port: database.port, ssl: false, ready: [server, service] };
    this.registerOutputs({ host: this.endpoint.host });
  }
}
