import { randomUUID } from "node:crypto";
import { noticeLabels, type Severity } from "@forecast-stack/monitoring/alert-rule.ts";
import { monitoringOf, postAlerts } from "./alerts/alertmanager.ts";

/** Something that people should know of a stack: a deploy, a rollback. */
export interface Notice {
  /** One line. */
  readonly title: string;
  /** What happened, by whom, and what to do if anything is. */
  readonly text: string;
  readonly severity: Severity;
}

/** Whether the notice reached the Alertmanager; if not, why. */
export type NoticeResult = { readonly sent: true } | { readonly sent: false; readonly reason: string };

/** A notice is news, not a state: it ends by itself, and its end is not told. */
const LASTS_MS = 5 * 60_000;

/**
 * Tells people about a deploy or a rollback through the channels that alerts
 * take. Never throws: what it tells of has happened, whether or not anybody
 * can be told.
 */
export async function notify(stack: string, { title, text, severity }: Notice): Promise<NoticeResult> {
  try {
    const { alertmanager, namespace } = await monitoringOf(stack);
    const labels = { ...noticeLabels, severity, namespace, stack, notice: randomUUID() };
    await postAlerts(alertmanager, [{ labels, annotations: { summary: title, description: text }, endsAt: new Date(Date.now() + LASTS_MS) }]);
    return { sent: true };
  } catch (error) {
    return { sent: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
