import { KubeConfig } from "@kubernetes/client-node";
import { CommandError, run } from "@forecast-stack/local/run.ts";
import { z } from "zod";
import { throughTunnel } from "../service-tunnel.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { contextOf } from "../rollback/cluster.ts";
import { ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";

/** An alert as Alertmanager's API takes it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When it ends by itself unless it is posted again. */
  readonly endsAt?: Date;
}

/** How long one request may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

const outputsSchema = z.object({ alertmanagerUrl: z.string(), prometheusUrl: z.string(), namespace: z.string() });

/** Where the monitoring of a stack answers. */
export interface MonitoringEndpoints {
  readonly namespace: string;
  /** The newest update of the stack; undefined where its history has none. */
  readonly newest: NumberedUpdate | undefined;
  /** The kubeconfig's context that the newest update went to; undefined for the current one. */
  readonly context: string | undefined;
  readonly alertmanager: Endpoint;
  /** Undefined where the stack names none. */
  readonly prometheus: Endpoint | undefined;
}

/** A service of the stack, asked at its node port, or through the API server when it has a name inside the cluster alone. */
export interface Endpoint {
  request(method: "GET" | "POST", path: string, body?: object): Promise<unknown>;
}

/**
 * Finds the monitoring of a stack from its outputs.
 *
 * @throws ReleaseError when the stack has no Alertmanager yet
 */
export async function monitoringOf(stack: string): Promise<MonitoringEndpoints> {
  const text = await run("pulumi", ["stack", "output", "--json", "--stack", stack, "--non-interactive"]).catch((error: unknown) => {
    throw new ReleaseError(`The outputs of the stack ${stack} cannot be read: ${error instanceof CommandError ? error.output.trim() : String(error)}`);
  });
  const outputs = outputsSchema.safeParse(JSON.parse(text));
  if (!outputs.success || outputs.data.alertmanagerUrl === "") throw new ReleaseError(`The stack ${stack} names no Alertmanager: deploy it first, or set monitoring.alertmanagerUrl.`);
  const newest = (await new ReleaseHistory(stack).updates()).at(-1);
  const context = newest === undefined ? undefined : contextOf(newest.entry);
  const { namespace, alertmanagerUrl, prometheusUrl } = outputs.data;
  return { namespace, newest, context, alertmanager: endpointAt(alertmanagerUrl, context), prometheus: prometheusUrl === "" ? undefined : endpointAt(prometheusUrl, context) };
}

/** Posts alerts to the Alertmanager, which routes them as it does Prometheus's. */
export async function postAlerts(alertmanager: Endpoint, alerts: readonly PostedAlert[]): Promise<void> {
  const spelled = alerts.map(({ endsAt, ...alert }) => ({ ...alert, ...(endsAt === undefined ? {} : { endsAt: endsAt.toISOString() }) }));
  await alertmanager.request("POST", "/api/v2/alerts", spelled);
}

/** A host inside the cluster: `<service>.<namespace>`, with or without `.svc`. */
const inCluster = /^([a-z0-9-]+)\.([a-z0-9-]+)(\.svc(\..+)?)?$/;

/** The endpoint behind a URL of the stack's outputs. */
export function endpointAt(url: string, context: string | undefined): Endpoint {
  const { hostname, port, protocol } = new URL(url);
  const [, service, namespace] = inCluster.exec(hostname) ?? [];
  if (service === undefined || namespace === undefined || /^[0-9.]+$/.test(hostname)) {
    return { request: (method, path, body) => ask(url, method, path, body) };
  }
  const config = new KubeConfig();
  config.loadFromDefault();
  if (context !== undefined) config.setCurrentContext(context);
  const scheme = protocol === "https:" ? "https:" : "";
  const proxy = `/api/v1/namespaces/${namespace}/services/${scheme}${service}:${port || "80"}/proxy`;
  // kubectl sends a body without saying that it is JSON, which Alertmanager refuses.
  const post = (path: string, body: object | undefined) => throughTunnel(config, namespace, (origin) => ask(origin, "POST", path, body), { service, port: Number(port || "80") });
  return { request: (method, path, body) => (method === "GET" ? readThroughApiServer(config, `${proxy}${path}`) : post(path, body)) };
}

async function readThroughApiServer(config: KubeConfig, path: string): Promise<unknown> {
  const text = await run("kubectl", ["--context", config.getCurrentContext(), "get", "--raw", path], { timeout: TIMEOUT_MS });
  return text.trim() === "" ? undefined : (JSON.parse(text) as unknown);
}

async function ask(url: string, method: "GET" | "POST", path: string, body: object | undefined): Promise<unknown> {
  const response = await fetch(new URL(path, url), { method, headers: { "content-type": "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}
