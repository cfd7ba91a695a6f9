import * as pulumi from "@pulumi/pulumi";
import { Exporter } from "./exporter.ts";
import type { DatabaseEndpoint } from "./postgres/connection.ts";
import { database } from "./postgres/provisioning.ts";
import { redisPort } from "./redis.ts";
import type { StackContext } from "./stack-context.ts";

export const postgresExporterPort = 9187;
export const redisExporterPort = 9121;

/** Tells Prometheus about the database, whichever way it is run, through a role that reads statistics alone. */
export function postgresExporter(context: StackContext, { host, port, ssl }: DatabaseEndpoint, options: pulumi.ComponentResourceOptions): Exporter {
  return new Exporter(
    context,
    {
      component: "postgres-exporter",
      port: postgresExporterPort,
      size: "exporter",
      args: [`--web.listen-address=:${postgresExporterPort}`],
      env: [
        { name: "DATA_SOURCE_URI", value: pulumi.interpolate`${host}:${port}/${database.name}?sslmode=${ssl ? "require" : "disable"}` },
        { name: "DATA_SOURCE_USER", value: database.monitor },
      ],
      password: { variable: "DATA_SOURCE_PASS", value: context.secrets.monitorPassword },
    },
    options,
  );
}

/** Tells Prometheus about the cache. */
export function redisExporter(context: StackContext, options: pulumi.ComponentResourceOptions): Exporter {
  return new Exporter(
    context,
    {
      component: "redis-exporter",
      port: redisExporterPort,
      size: "exporter",
      args: [`--web.listen-address=:${redisExporterPort}`],
      env: [{ name: "REDIS_ADDR", value: `redis://redis:${redisPort}` }],
      password: { variable: "REDIS_PASSWORD", value: context.secrets.redisPassword },
    },
    options,
  );
}
