import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackContext } from "../stack-context.ts";
import { CloudNativePostgres } from "./cloudnativepg.ts";
import { database } from "./provisioning.ts";
import { StatefulSetPostgres } from "./statefulset.ts";

/** Where the service, the migrations and the exporter find the database. */
export interface DatabaseEndpoint {
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly ssl: boolean;
  /** What must be there before anything connects. */
  readonly ready: readonly pulumi.Resource[];
}

/** The stack's database in the mode that the settings choose. */
export function postgres(context: StackContext, options: pulumi.ComponentResourceOptions): DatabaseEndpoint {
  const { mode, host, port, ssl } = context.settings.postgres;
  switch (mode) {
    case "statefulset":
      return new StatefulSetPostgres(context, options).endpoint;
    case "cloudnativepg":
      return new CloudNativePostgres(context, options).endpoint;
    case "external":
      return { host, port, ssl, ready: [] };
  }
}

/** The connection of a role as the service's documented variables. */
export function connectionEnvironment(endpoint: DatabaseEndpoint, user: string): types.input.core.v1.EnvVar[] {
  return [
    { name: "DB_HOST", value: endpoint.host },
    { name: "DB_PORT", value: String(endpoint.port) },
    { name: "DB_NAME", value: database.name },
    { name: "DB_USER", value: user },
    { name: "DB_SSL", value: String(endpoint.ssl) },
  ];
}
