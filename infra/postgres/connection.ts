import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { database } from "./provisioning.ts";

/** Where the service, the migrations and the exporter find the database. */
export interface DatabaseEndpoint {
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly ssl: boolean;
  /** Secret whose `ca.crt` signs the server's certificate, where no public authority does. */
  readonly authoritySecret?: pulumi.Input<string>;
  /** What must be there before anything connects. */
  readonly ready: readonly pulumi.Resource[];
}

/** What a pod of the service's image needs for the database. */
export interface Connection {
  readonly env: types.input.core.v1.EnvVar[];
  readonly volumes: types.input.core.v1.Volume[];
  readonly volumeMounts: types.input.core.v1.VolumeMount[];
}

const authorityDirectory = "/etc/forecast-stack/database";

/** The connection of a role: the service's documented variables, and the authority that the server's certificate is checked against. */
export function connectionOf({ host, port, ssl, authoritySecret }: DatabaseEndpoint, user: string): Connection {
  const env = [
    { name: "DB_HOST", value: host },
    { name: "DB_PORT", value: String(port) },
    { name: "DB_NAME", value: database.name },
    { name: "DB_USER", value: user },
    { name: "DB_SSL", value: String(ssl) },
  ];
  if (authoritySecret === undefined) return { env, volumes: [], volumeMounts: [] };
  return {
    env: [...env, { name: "NODE_EXTRA_CA_CERTS", value: `${authorityDirectory}/ca.crt` }],
    volumes: [{ name: "database-authority", secret: { secretName: authoritySecret, items: [{ key: "ca.crt", path: "ca.crt" }] } }],
    volumeMounts: [{ name: "database-authority", mountPath: authorityDirectory, readOnly: true }],
  };
}
