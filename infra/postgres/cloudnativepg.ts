import { CustomResource } from "@pulumi/kubernetes/apiextensions/index.js";
import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { backupBucket, type BackupBucket } from "../backup-bucket.ts";
import type { Settings } from "../settings.ts";
import { resourcesOf, shares } from "../sizing.ts";
import { metadataOf, type StackContext } from "../stack-context.ts";
import type { DatabaseEndpoint } from "./connection.ts";
import { database, provisioningSql } from "./provisioning.ts";
import { postgresTuning } from "./tuning.ts";

/** Every replica copies the primary before it is ready. */
const replicasJoin = "20m";
/** WAL is archived at least this often, also when hardly anything is written. */
const recoveryPoint = "5min";

/** A Postgres with replicas, run by the CloudNativePG operator. */
export class CloudNativePostgres extends pulumi.ComponentResource {
  readonly endpoint: DatabaseEndpoint;

  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Postgres", "postgres", {}, options);
    const parent = { parent: this };
    const version = context.versionOf("postgres-cloudnativepg");
    const { settings, secrets } = context;
    const { storage, instances, maxConnections, cluster: name, recovery } = settings.postgres;

    const credentials = (role: string, password: pulumi.Output<string>): Secret =>
      new Secret(
        `postgres-${role.replace("_", "-")}`,
        {
          // The operator watches the secrets with this label and takes a new password over.
          metadata: withLabel(metadataOf(context, "postgres", version, `postgres-${role.replace("_", "-")}`), "cnpg.io/reload", "true"),
          type: "kubernetes.io/basic-auth",
          stringData: { username: role, password },
        },
        parent,
      );
    const owner = credentials(database.owner, secrets.ownerPassword);
    const app = credentials(database.app, secrets.appPassword);
    const monitor = credentials(database.monitor, secrets.monitorPassword);

    const bucket = settings.backup.enabled ? backupBucket(context, "postgres", version, parent) : undefined;
    const store = bucket === undefined ? undefined : objectStore(bucket);

    const own = { database: database.name, owner: database.owner, secret: { name: owner.metadata.name } };
    const cluster = new CustomResource(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: { ...metadataOf(context, "postgres", version, name), annotations: { "pulumi.com/waitFor": "condition=Ready" } },
        spec: {
          instances,
          imageName: context.image("postgres-cloudnativepg"),
          // The operator decides itself what to preload: an extension of which a parameter is set.
          postgresql: { parameters: { ...postgresTuning(shares[settings.size].postgres.memory, maxConnections), "pg_stat_statements.max": "5000", ...(store === undefined ? {} : { archive_timeout: recoveryPoint }) } },
          ...(store === undefined || recovery.from === "" ? { bootstrap: { initdb: { ...own, ...firstStart } } } : recovered(recovery, own, store)),
          ...(store === undefined ? {} : { backup: { retentionPolicy: `${settings.backup.keepDays}d`, target: "prefer-standby", barmanObjectStore: store } }),
          managed: {
            roles: [
              { name: database.app, ensure: "present", login: true, passwordSecret: { name: app.metadata.name } },
              { name: database.monitor, ensure: "present", login: true, inRoles: ["pg_monitor"], passwordSecret: { name: monitor.metadata.name } },
            ],
          },
          enableSuperuserAccess: false,
          storage: { size: storage, ...(settings.storageClass === "" ? {} : { storageClass: settings.storageClass }) },
          resources: resourcesOf(settings.size, "postgres"),
          affinity: { enablePodAntiAffinity: true, topologyKey: "kubernetes.io/hostname", podAntiAffinityType: "preferred" },
          primaryUpdateStrategy: "unsupervised",
          seccompProfile: { type: "RuntimeDefault" },
        },
      },
      // Its claims die with it, so it outlives the stack as other components' claims do.
      { ...parent, customTimeouts: { create: replicasJoin, update: replicasJoin }, protect: settings.protect, retainOnDelete: true },
    );
    if (store !== undefined) {
      new CustomResource(
        "postgres-backups",
        {
          apiVersion: "postgresql.cnpg.io/v1",
          kind: "ScheduledBackup",
          metadata: metadataOf(context, "postgres", version, `${name}-backups`),
          // The operator's schedules begin with the seconds.
          spec: { schedule: `0 ${settings.backup.schedule}`, immediate: true, cluster: { name }, method: "barmanObjectStore", backupOwnerReference: "cluster" },
        },
        { ...parent, dependsOn: [cluster] },
      );
    }
    // The operator makes the service and the secret of its authority under these names.
    const named = (suffix: string): pulumi.Output<string> => pulumi.interpolate`${cluster.metadata.name}-${suffix}`;
    this.endpoint = { host: named("rw"), port: database.port, ssl: true, authoritySecret: named("ca"), ready: [cluster] };
    this.registerOutputs({ host: this.endpoint.host });
  }
}

/** What an empty cluster gets. The grants need the roles; the operator gives them login and password afterwards. */
const firstStart = {
  postInitSQL: [`CREATE ROLE ${database.app};`, `CREATE ROLE ${database.monitor} IN ROLE pg_monitor;`],
  postInitApplicationSQL: provisioningSql(),
};

/** A cluster that starts from another one's archive: its roles and data come with it. */
function recovered({ from, until }: Settings["postgres"]["recovery"], own: object, store: object): object {
  return {
    bootstrap: { recovery: { ...own, source: from, ...(until === "" ? {} : { recoveryTarget: { targetTime: until } }) } },
    externalClusters: [{ name: from, barmanObjectStore: { ...store, serverName: from } }],
  };
}

/** Where base backups and WAL go, as the operator spells it. */
function objectStore({ bucket, prefix, endpoint, secretName }: BackupBucket): object {
  const key = (name: string) => ({ name: secretName, key: name });
  return {
    destinationPath: `s3://${bucket}/${prefix}`,
    ...(endpoint === "" ? {} : { endpointURL: endpoint }),
    s3Credentials: { accessKeyId: key("accessKeyId"), secretAccessKey: key("secretAccessKey"), region: key("region") },
    wal: { compression: "gzip" },
    data: { compression: "gzip" },
  };
}

function withLabel<Metadata extends { readonly labels: Record<string, string> }>(metadata: Metadata, label: string, value: string): Metadata {
  return { ...metadata, labels: { ...metadata.labels, [label]: value } };
}
