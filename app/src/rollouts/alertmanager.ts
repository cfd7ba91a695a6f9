import { definitions, type FlagName } from "@forecast-stack/flags/definitions.ts";
import { noticeLabels, type Team } from "@forecast-stack/monitoring/alert-rule.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import type { RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { postAlert } from "../platform/post-alert.ts";

/** What happened is news, not a state: it ends by itself. */
const LASTS_MS = 3_600_000;

const teamOf: Readonly<Record<(typeof definitions)[FlagName]["owner"], Team>> = { forecasting: "forecasting", warehouse: "inventory" };

export type Notice = NonNullable<RolloutStatus["notice"]>;

/**
 * Tells Alertmanager of a rollout: what is critical as an alert of the flag's
 * owners, which wakes somebody, everything else as news.
 *
 * @throws Error when it does not take it
 */
export async function tellAlertmanager(url: string, { id, title, text, severity }: Notice, { rollout, spec, namespace }: { readonly rollout: string; readonly spec: RolloutSpec; readonly namespace: string }): Promise<void> {
  const definition = definitions[spec.flag as FlagName];
  const kind = severity === "critical" ? { alertname: "RolloutFailed", team: teamOf[definition.owner] } : { ...noticeLabels, notice: id };
  const alert = { labels: { ...kind, severity, namespace, rollout, flag: spec.flag }, annotations: { summary: title, description: text }, endsAt: new Date(Date.now() + LASTS_MS).toISOString() };
  await postAlert(url, alert);
}
