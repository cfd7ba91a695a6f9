import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { Exporter } from "./exporter.ts";
import type { DatabaseEndpoint } from "./postgres/postgres.ts";
import { database } from "./postgres/provisioning.ts";
import type { Redis } from "./redis.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

export const postgresExporterPort = 9187;
export const redisExporterPort = 9121;

/** Tells Prometheus about the database, whichever way it is run, through a role that reads statistics alone. */
export function postgresExporter(context: StackContext, endpoint: DatabaseEndpoint, options: pulumi.ComponentResourceOptions): Exporter {
  const credentials = new Secret(
    "postgres-exporter",
    { metadata: metadataOf(context, "postgres-exporter", context.versionOf("postgres-exporter")), immutable: true, stringData: { password: context.secrets.monitorPassword } },
    options,
  );
  return new Exporter(
    context,
    {
      component: "postgres-exporter",
      port: postgresExporterPort,
      size: "exporter",
      args: [`--web.listen-address=:${postgresExporterPort}`],
      env: [
        { name: "DATA_SOURCE_URI", value: pulumi.interpolate`${endpoint.host}:${endpoint.port}/${database.name}?sslmode=${endpoint.ssl ? "require" : "disable"}` },
        { name: "DATA_SOURCE_USER", value: database.monitor },
        { name: "DATA_SOURCE_PASS", valueFrom: { secretKeyRef: { name: credentials.metadata.name, key: "password" } } },
      ],
    },
    { ...options, dependsOn: [...endpoint.ready] },
  );
}

/** Tells Prometheus about the cache. */
export function redisExporter(context: StackContext, redis: Redis, options: pulumi.ComponentResourceOptions): Exporter {
  const credentials = new Secret(
    "redis-exporter",
    { metadata: metadataOf(context, "redis-exporter", context.versionOf("redis-exporter")), immutable: true, stringData: { password: context.secrets.redisPassword } },
    options,
  );
  return new Exporter(
    context,
    {
      component: "redis-exporter",
      port: redisExporterPort,
      size: "exporter",
      args: [`--web.listen-address=:${redisExporterPort}`],
      env: [
        { name: "REDIS_ADDR", value: "redis://redis:6379" },
        { name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: credentials.metadata.name, key: "password" } } },
      ],
    },
    { ...options, dependsOn: [...redis.ready] },
  );
}
