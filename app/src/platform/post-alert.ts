import { urlBelow } from "./url-below.ts";

/** An alert as Alertmanager's API takes it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601: when it ends by itself. */
  readonly endsAt: string;
}

const TIMEOUT_MS = 5_000;

/**
 * Hands Alertmanager an alert, which it routes as it does Prometheus's.
 *
 * @throws Error when it does not take it
 */
export async function postAlert(url: string, alert: PostedAlert): Promise<void> {
  const response = await fetch(urlBelow(url, "api/v2/alerts"), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify([alert]), signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`Alertmanager answers ${response.status}: ${(await response.text()).slice(0, 200)}`);
}
