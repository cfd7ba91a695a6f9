import { endpointAt } from "@forecast-stack/delivery/alerts/alertmanager.ts";
import { alertsAt } from "@forecast-stack/delivery/drill/signs.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import type { TestStack } from "./test-stack.ts";

/** An alert as a receiver of Alertmanager got it. */
export interface Told {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receiver: string;
}

const PATIENCE_MS = 150_000;

/** Waits until a stack's inbox holds an alert that `isIt` recognises; Alertmanager gathers news before it sends them. */
export async function toldOf(stack: TestStack, what: string, isIt: (told: Told) => boolean): Promise<Told> {
  const inbox = endpointAt(`http://alert-inbox.${stack.namespace}.svc:8080`, "forecast-stack");
  return until(`the notification of ${what}`, PATIENCE_MS, async () => {
    const told = (await alertsAt(inbox, 0)).map(({ alert: { labels, annotations }, receiver }) => ({ labels, annotations, receiver }));
    const found = told.find(isIt);
    if (found === undefined) throw new Error(`only this has arrived: ${told.map(({ annotations }) => annotations["summary"] ?? "").join("; ")}`);
    return found;
  });
}
