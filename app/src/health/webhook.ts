import type { HealthStatus } from "../platform/health.ts";
import type { Check } from "./check.ts";

const TIMEOUT_MS = 10_000;

/** A change of the health status, as the webhook is told of it. */
export interface HealthChange {
  readonly status: HealthStatus;
  readonly before: HealthStatus;
  readonly checkedAt: Date;
  readonly version: string;
  readonly checks: readonly Check[];
}

/**
 * Posts a change; `text` is what Slack and its like show.
 *
 * @throws Error when the receiver does not take it; the message has no part of the URL, which is a secret
 */
export async function postChange(url: string, change: HealthChange): Promise<void> {
  const { status, before, checkedAt, version, checks } = change;
  const faults = checks.filter((check) => check.status !== "healthy");
  const text = [status === "healthy" ? `The forecast service is healthy again (it was ${before}).` : `The forecast service is ${status} (it was ${before}).`, ...faults.map(({ name, message }) => `• ${name}: ${message}`)].join("\n");
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text, status: status.toUpperCase(), before: before.toUpperCase(), checkedAt: checkedAt.toISOString(), version, checks: faults }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: "error",
  }).catch(() => {
    throw new Error("the webhook does not answer");
  });
  if (!response.ok) throw new Error(`the webhook answered with status ${response.status}`);
}
