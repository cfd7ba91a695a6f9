import type * as pulumi from "@pulumi/pulumi";
import type { StackContext } from "../stack-context.ts";
import { CloudNativePostgres } from "./cloudnativepg.ts";
import type { DatabaseEndpoint } from "./connection.ts";
import { StatefulSetPostgres } from "./statefulset.ts";

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
