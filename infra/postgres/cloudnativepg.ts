import { CustomResource } from "@pulumi/kubernetes/apiextensions/index.js";
import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { resourcesOf, shares } from "../sizing.ts";
import { metadataOf, type StackContext } from "../stack-context.ts";
import type { DatabaseEndpoint } from "./connection.ts";
import { database, provisioningSql } from "./provisioning.ts";
import { postgresTuning } from "./tuning.ts";

/** Every replica copies the primary before it is ready. */
const replicasJoin = "20m";

/** A Postgres with replicas, run by the CloudNativePG operator. */
export class CloudNativePostgres extends pulumi.ComponentResource {
  readonly endpoint: DatabaseEndpoint;

  constructor(context: StackContext, options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Postgres", "postgres", {}, options);
    const parent = { parent: this };
    const version = context.versionOf("postgres-cloudnativepg");
    const { settings, secrets } = context;
    const { storage, instances, maxConnections } = settings.postgres;

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

    const cluster = new CustomResource(
      "postgres",
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: { ...metadataOf(context, "postgres", version, "postgres"), annotations: { "pulumi.com/waitFor": "condition=Ready" } },
        spec: {
          instances,
          imageName: context.image("postgres-cloudnativepg"),
          // The operator decides itself what to preload: an extension of which a parameter is set.
          postgresql: { parameters: { ...postgresTuning(shares[settings.size].postgres.memory, maxConnections), "pg_stat_statements.max": "5000" } },
          bootstrap: {
            initdb: {
              database: database.name,
              owner: database.owner,
              secret: { name: owner.metadata.name },
              // The grants need the roles; the operator gives them login and password afterwards.
              postInitSQL: [`CREATE ROLE ${database.app};`, `CREATE ROLE ${database.monitor} IN ROLE pg_monitor;`],
              postInitApplicationSQL: provisioningSql(),
            },
          },
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
    // The operator makes the service and the secret of its authority under these names.
    const named = (suffix: string): pulumi.Output<string> => pulumi.interpolate`${cluster.metadata.name}-${suffix}`;
    this.endpoint = { host: named("rw"), port: database.port, ssl: true, authoritySecret: named("ca"), ready: [cluster] };
    this.registerOutputs({ host: this.endpoint.host });
  }
}

function withLabel<Metadata extends { readonly labels: Record<string, string> }>(metadata: Metadata, label: string, value: string): Metadata {
  return { ...metadata, labels: { ...metadata.labels, [label]: value } };
}
