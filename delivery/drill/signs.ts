import { heartbeatAlert } from "@forecast-stack/monitoring/alert-rule.ts";
import { z } from "zod";
import type { Sign } from "./faults.ts";
import type { DrillPlace } from "./place.ts";

/** What people were told of a drill. */
export interface Arrival {
  /** Who was told: a receiver of Alertmanager. */
  readonly receiver: string;
  /** Read at the inbox; false: Alertmanager says so, and nobody saw it arrive. */
  readonly seen: boolean;
  readonly summary: string;
  /** The drill that the message names; `none` when it reads like an alarm. */
  readonly drill: string;
}

/** Looks for the beginning and the end of what a drill should make people see. */
export interface Watcher {
  begun(): Promise<Arrival | undefined>;
  /** After it has begun. */
  ended(): Promise<boolean>;
}

const texts = z.record(z.string(), z.string());
const alertSchema = z.object({ status: z.enum(["firing", "resolved"]), labels: texts, annotations: texts });
const inboxSchema = z.object({ newest: z.int(), messages: z.array(z.object({ number: z.int(), message: z.object({ receiver: z.string(), alerts: z.array(alertSchema) }) })) });
const knownSchema = z.array(z.object({ labels: texts, annotations: texts, receivers: z.array(z.object({ name: z.string() })), status: z.object({ state: z.string() }) }));

const prometheusSchema = z.object({ data: z.object({ alerts: z.array(z.object({ labels: texts, state: z.string() })) }) });

export type KnownAlert = z.infer<typeof knownSchema>[number];

/** The alerts that Alertmanager knows of a stack, by labels. */
export async function alertsWith(place: DrillPlace, labels: Readonly<Record<string, string>>): Promise<KnownAlert[]> {
  const known = knownSchema.parse(await place.alertmanager.request("GET", "/api/v2/alerts"));
  return known.filter((alert) => isOf(place, alert.labels, labels));
}

/** Of what came to be known of an alert, how far it got: for when nobody was told. */
export async function trailOf(place: DrillPlace, sign: Sign): Promise<string> {
  if (sign.kind === "silence") return "Alertmanager still has the heartbeat";
  const unanswered = "does not answer";
  const [inPrometheus, inAlertmanager] = await Promise.all([
    place.prometheus?.request("GET", "/api/v1/alerts").then((answer) => prometheusSchema.parse(answer).data.alerts.find(({ labels }) => isOf(place, labels, sign.labels))?.state ?? "has none such", () => unanswered),
    alertsWith(place, sign.labels).then(([alert]) => (alert === undefined ? "has none such" : `${alert.status.state}, for ${alert.receivers.map(({ name }) => name).join(", ")}`), () => unanswered),
  ]);
  return `${Object.values(sign.labels).join(" of ")} is: in Prometheus ${inPrometheus ?? "unknown"}; in Alertmanager ${inAlertmanager}`;
}

/** A watcher that begins now: what was told before does not count. */
export async function watcherOf(place: DrillPlace, sign: Sign): Promise<Watcher> {
  if (sign.kind === "silence") return silence(place);
  const since = await newestMessage(place);
  return since === undefined ? byAlertmanager(place, sign.labels) : byInbox(place, sign.labels, since);
}

/** Undefined: the stack has no inbox. */
async function newestMessage({ inbox }: DrillPlace): Promise<number | undefined> {
  return inbox.request("GET", "/messages?after=1000000000").then((answer) => inboxSchema.parse(answer).newest, () => undefined);
}

/** The alerts that arrived at an inbox after a message, each with the receiver that it was for. */
export async function alertsAt(inbox: DrillPlace["inbox"], since: number): Promise<{ alert: z.infer<typeof alertSchema>; receiver: string }[]> {
  const { newest, messages } = inboxSchema.parse(await inbox.request("GET", `/messages?after=${since}`));
  // It was started again meanwhile, and counts from one.
  if (newest < since) return alertsAt(inbox, 0);
  return messages.flatMap(({ message }) => message.alerts.map((alert) => ({ alert, receiver: message.receiver })));
}

function byInbox(place: DrillPlace, labels: Readonly<Record<string, string>>, since: number): Watcher {
  const find = async (status: "firing" | "resolved") => (await alertsAt(place.inbox, since)).find(({ alert }) => alert.status === status && isOf(place, alert.labels, labels));
  return {
    begun: async () => {
      const found = await find("firing");
      return found && { receiver: found.receiver, seen: true, summary: found.alert.annotations["summary"] ?? "", drill: found.alert.annotations["drill"] ?? "none" };
    },
    ended: async () => (await find("resolved")) !== undefined,
  };
}

function byAlertmanager(place: DrillPlace, labels: Readonly<Record<string, string>>): Watcher {
  return {
    begun: async () => {
      const [alert] = (await alertsWith(place, labels)).filter(({ status }) => status.state === "active");
      return alert && { receiver: alert.receivers.map(({ name }) => name).join(", "), seen: false, summary: alert.annotations["summary"] ?? "", drill: alert.annotations["drill"] ?? "none" };
    },
    ended: async () => (await alertsWith(place, labels)).length === 0,
  };
}

/** Nobody can be told by a Prometheus that is gone: its heartbeat ends, and the dead man's switch behind the receiver tells. */
function silence(place: DrillPlace): Watcher {
  const beats = async (): Promise<boolean> => (await alertsWith(place, { alertname: heartbeatAlert })).length > 0;
  return {
    begun: async () => ((await beats()) ? undefined : { receiver: "heartbeat", seen: true, summary: "The heartbeat has ended.", drill: "heartbeat" }),
    ended: beats,
  };
}

/** Whether an alert of a stack has some labels. One without a namespace is of a part of which nothing is known any more. */
function isOf({ namespace }: DrillPlace, labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return (labels["namespace"] ?? namespace) === namespace && Object.entries(wanted).every(([label, value]) => labels[label] === value);
}
