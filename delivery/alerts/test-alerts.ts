import { setTimeout } from "node:timers/promises";
import { teams } from "@forecast-stack/monitoring/alertmanager-config.ts";
import type { Severity, Team } from "@forecast-stack/monitoring/alert-rule.ts";
import { parse } from "yaml";
import { z } from "zod";
import { ReleaseError } from "../releases/release-error.ts";
import { type Endpoint, monitoringOf, postAlerts } from "./alertmanager.ts";

/** A test alert and who Alertmanager tells of it. */
export interface SentTestAlert {
  readonly team: Team;
  readonly severity: Severity;
  readonly receivers: readonly string[];
  /** Kinds of channels behind the receivers, such as `slack`; none: it is shown alone. */
  readonly channels: readonly string[];
}

const LASTS_MS = 2 * 60_000;
const ATTEMPTS = 20;

const knownSchema = z.array(z.object({ labels: z.record(z.string(), z.string()), receivers: z.array(z.object({ name: z.string() })) }));
const statusSchema = z.object({ config: z.object({ original: z.string() }) });
const configSchema = z.object({ receivers: z.array(z.looseObject({ name: z.string() })) });

/**
 * Sends each team a critical and a warning alert, marked as a test in every
 * message, and finds out who is told.
 *
 * @throws ReleaseError when Alertmanager does not take them
 */
export async function sendTestAlerts(stack: string): Promise<SentTestAlert[]> {
  const { alertmanager, namespace } = await monitoringOf(stack);
  const wanted = teams.flatMap((team) => (["critical", "warning"] as const).map((severity) => ({ team, severity, alertname: `Test${severity === "critical" ? "Critical" : "Warning"}` })));
  const annotations = { summary: `Test alert of ${stack}`, description: "Somebody tries out the way from alerts to people; there is nothing to do.", drill: "none" };
  await postAlerts(alertmanager, wanted.map((labels) => ({ labels: { ...labels, kind: "test", namespace, stack }, annotations, endsAt: new Date(Date.now() + LASTS_MS) })));
  const channels = await channelsOf(alertmanager);
  const known = await untilKnown(alertmanager, wanted.length);
  return wanted.map(({ team, severity }) => {
    const receivers = known.filter(({ labels }) => labels["team"] === team && labels["severity"] === severity).flatMap((alert) => alert.receivers.map(({ name }) => name));
    return { team, severity, receivers, channels: [...new Set(receivers.flatMap((name) => channels.get(name) ?? []))] };
  });
}

/** Which kinds of channels each receiver has, by Alertmanager's own configuration. */
async function channelsOf(alertmanager: Endpoint): Promise<Map<string, string[]>> {
  const { config } = statusSchema.parse(await alertmanager.request("GET", "/api/v2/status"));
  const { receivers } = configSchema.parse(parse(config.original));
  return new Map(receivers.map(({ name, ...kinds }) => [name, Object.keys(kinds).map((kind) => kind.replace(/_configs$/, ""))]));
}

async function untilKnown(alertmanager: Endpoint, count: number): Promise<z.infer<typeof knownSchema>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const tests = knownSchema.parse(await alertmanager.request("GET", "/api/v2/alerts")).filter(({ labels }) => labels["kind"] === "test");
    if (tests.length >= count) return tests;
    await setTimeout(500);
  }
  throw new ReleaseError("Alertmanager does not show the test alerts: look at its log.");
}
