import { run } from "@forecast-stack/local/run.ts";
import { drillServicePrefix } from "@forecast-stack/monitoring/alert-rule.ts";
import { type Endpoint, endpointAt, monitoringOf } from "../alerts/alertmanager.ts";
import { ReleaseError } from "../releases/release-error.ts";

/** The stack that a drill happens in, and how to reach it. */
export interface DrillPlace {
  readonly stack: string;
  readonly environment: string;
  readonly namespace: string;
  readonly context: string | undefined;
  readonly alertmanager: Endpoint;
  readonly prometheus: Endpoint | undefined;
  /** The stack's own receiver of alerts (alerting.inbox). */
  readonly inbox: Endpoint;
  kubectl(args: readonly string[], input?: string): Promise<string>;
}

const INBOX_PORT = 8080;

/**
 * Finds a stack for a drill.
 *
 * @throws ReleaseError when it is not deployed, or is production and nobody said that this is meant
 */
export async function drillPlace(stack: string, allowProduction: boolean): Promise<DrillPlace> {
  const { namespace, newest, context, alertmanager, prometheus } = await monitoringOf(stack);
  const environment = environmentOf(newest?.entry.config["forecast-stack:environment"]);
  checkEnvironment(stack, environment, allowProduction);
  const where = [...(context === undefined ? [] : ["--context", context]), "--namespace", namespace];
  return {
    stack,
    environment,
    namespace,
    context,
    alertmanager,
    prometheus,
    inbox: endpointAt(`http://alert-inbox.${namespace}.svc:${INBOX_PORT}`, context),
    kubectl: (args, input) => run("kubectl", [...where, ...args], input === undefined ? {} : { input }),
  };
}

/** A stack that does not say what it is counts as production. */
function environmentOf(setting: unknown): string {
  return typeof setting === "string" ? setting : "production";
}

/** @throws ReleaseError for production, unless it is meant */
export function checkEnvironment(stack: string, environment: string, allowProduction: boolean): void {
  if (environment === "production" && !allowProduction) throw new ReleaseError(`${stack} is production, where a drill breaks something that people use: add --allow-production if that is meant. Nothing was done.`);
}

/** The name of the service that marks a drill. */
export function markOf(fault: string): string {
  return `${drillServicePrefix}${fault}`;
}
