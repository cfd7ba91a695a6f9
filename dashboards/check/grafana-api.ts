import { z } from "zod";
import type { DashboardJson } from "../dashboard-json.ts";
import { dataSource } from "../panel.ts";
import type { PrometheusAddress } from "./prometheus-api.ts";

/** A Grafana and who we are there. */
export interface GrafanaAddress {
  /** Before `/api/`. */
  readonly url: string;
  /** Of a service account that may write dashboards. */
  readonly token: string;
}

/** Grafana did not do what it was asked; the message says why and what helps. */
export class GrafanaError extends Error {}

const refusal = z.object({ message: z.string() });
const health = z.object({ version: z.string() });
const stored = z.object({ dashboard: z.object({ uid: z.string(), panels: z.array(z.unknown()) }) });

/** The version of the Grafana, once it has let us in. */
export async function grafanaVersion(grafana: GrafanaAddress): Promise<string> {
  const { version } = health.parse(await call(grafana, "GET", "/api/health"));
  await call(grafana, "GET", `/api/datasources/uid/${dataSource.uid}`).catch((error: unknown) => {
    throw new GrafanaError(`Grafana has no Prometheus with the uid "${dataSource.uid}", which every panel asks: add the data source under that uid. (${error instanceof Error ? error.message : String(error)})`);
  });
  return version;
}

/**
 * Imports a dashboard in place of the one with its uid, and reads it back.
 *
 * @throws GrafanaError when Grafana refuses it, or keeps another number of panels
 */
export async function importDashboard(grafana: GrafanaAddress, dashboard: DashboardJson): Promise<void> {
  await call(grafana, "POST", "/api/dashboards/db", { dashboard: { ...dashboard, id: null }, overwrite: true, message: "forecast-stack" });
  const kept = stored.parse(await call(grafana, "GET", `/api/dashboards/uid/${dashboard.uid}`)).dashboard;
  if (kept.panels.length !== dashboard.panels.length) throw new GrafanaError(`Grafana kept ${kept.panels.length} of the ${dashboard.panels.length} panels of ${dashboard.uid}.`);
}

/** Grafana's own way to the Prometheus that its panels ask. */
export function prometheusBehind({ url, token }: GrafanaAddress): PrometheusAddress {
  return { url: `${url}/api/datasources/proxy/uid/${dataSource.uid}`, headers: authorization(token) };
}

async function call({ url, token }: GrafanaAddress, method: string, route: string, body?: object): Promise<unknown> {
  const answer = await fetch(url + route, {
    method,
    headers: { ...authorization(token), "content-type": "application/json" },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new GrafanaError(`No Grafana answers at ${url}: ${error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)}`);
  });
  const text = await answer.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new GrafanaError(`${url}${route} does not answer as Grafana does (HTTP ${answer.status}): ${text.slice(0, 200)}`);
  }
  if (!answer.ok) throw new GrafanaError(`${method} ${route} was answered with ${answer.status}: ${refusal.safeParse(parsed).data?.message ?? text.slice(0, 200)}`);
  return parsed;
}

function authorization(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
