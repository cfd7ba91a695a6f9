import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { heartbeatAlert, noticeLabels } from "@forecast-stack/monitoring/alert-rule.ts";
import { alertmanagerConfig, type AlertmanagerConfigInput, type Inhibition } from "@forecast-stack/monitoring/alertmanager-config.ts";
import { allRuleGroups } from "./all-rule-groups.ts";
import { inhibitions } from "./inhibitions.ts";
import { eventually, startAlertmanager, type TestAlertmanager } from "./test-support/alertmanager.ts";
import { httpReceiver, mailReceiver, type Receiver } from "./test-support/receivers.ts";

const rules = allRuleGroups.flatMap((group) => group.rules);
const MINUTE = 60_000;

describe("Alertmanager with the product's configuration", () => {
  let webhook: Receiver<Record<string, unknown>>;
  let slack: Receiver<Record<string, unknown>>;
  let pager: Receiver<Record<string, unknown>>;
  let heartbeat: Receiver<Record<string, unknown>>;
  let mail: Receiver<string>;
  let alertmanager: TestAlertmanager;

  /** The configuration as it is deployed, but that nobody waits for more alerts to come, and that the pager is on this machine. */
  const configWith = (input: Partial<AlertmanagerConfigInput> = {}): object => {
    const config = alertmanagerConfig({
      webhookUrl: url(webhook),
      slack: { url: url(slack), channel: "#alerts" },
      pagerDutyKey: "routing-key",
      email: { smarthost: `127.0.0.1:${mail.port}`, requireTls: false, from: "alerts@example.com", to: "oncall@example.com" },
      heartbeatUrl: url(heartbeat),
      inhibitions,
      ...input,
    });
    const impatient = JSON.parse(JSON.stringify(config), (key, value: unknown) => (key === "group_wait" || key === "group_interval" ? "1s" : value)) as object;
    return { global: { pagerduty_url: url(pager) }, ...impatient };
  };

  beforeAll(async () => {
    [webhook, slack, pager, heartbeat] = await Promise.all([httpReceiver(), httpReceiver(), httpReceiver(), httpReceiver()]);
    mail = await mailReceiver();
    alertmanager = await startAlertmanager(configWith());
  }, MINUTE);
  afterAll(async () => {
    await alertmanager.close();
    for (const receiver of [webhook, slack, pager, heartbeat]) receiver.close();
    mail.close();
  });
  beforeEach(() => alertmanager.load(configWith()));

  it("tells the team of every alert, as loudly as its severity says", async () => {
    const alerts = rules.map(({ alert, severity, team }) => ({ labels: { alertname: alert, severity, team, namespace: `alone-${alert}` } }));
    await alertmanager.post(alerts);
    const known = await eventually(async () => {
      const all = (await alertmanager.alerts()).filter(({ labels }) => labels["namespace"]?.startsWith("alone-"));
      if (all.length < alerts.length) throw new Error(`${all.length} of ${alerts.length}`);
      return all;
    });
    const told = Object.fromEntries(known.map(({ labels, receivers }) => [labels["alertname"] ?? "", receivers.map(({ name }) => name)]));
    const expected = Object.fromEntries(rules.map(({ alert, severity, team }) => [alert, [alert === heartbeatAlert ? "heartbeat" : severity === "info" ? "shown" : `${team}-${severity}`]]));
    expect(told).toEqual(expected);
  }, MINUTE);

  const everyInhibition = inhibitions.map((one) => [Object.values(one.source).join(" "), one] as const);

  it("names only alerts that exist in what silences what", () => {
    const names = new Set(rules.map(({ alert }) => alert));
    expect(inhibitions.flatMap(({ source, silences }) => [source["alertname"] ?? "", ...silences]).filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(everyInhibition)("is silent about the symptoms of %s, in its namespace alone", async (_name, one) => {
    expect(await silenced(one, "with")).toEqual({ symptoms: [...one.silences].sort(), elsewhere: [] });
  }, MINUTE);

  it.each(everyInhibition)("would tell of the symptoms of %s without that rule", async (_name, one) => {
    await alertmanager.load(configWith({ inhibitions: inhibitions.filter((other) => other !== one) }));
    expect(await silenced(one, "without")).toEqual({ symptoms: [], elsewhere: [] });
  }, MINUTE);

  it("tells a pager, a channel, a webhook and a mailbox of a critical alert, with all that one needs, and of its end", async () => {
    const annotations = { summary: "Postgres does not answer", description: "The exporter reaches Postgres: 0.", runbook_url: "https://docs.example/databases.md#postgresdown", dashboard_url: "https://grafana.example/d/x?viewPanel=1", drill: "drill-postgres" };
    const labels = { alertname: "PostgresDown", severity: "critical", team: "platform", namespace: "payload" };
    await alertmanager.post([{ labels, annotations }]);
    const [json] = await received(webhook, (message) => message["status"] === "firing" && commonLabel(message, "namespace") === "payload");
    expect(json).toMatchObject({ receiver: "platform-critical", alerts: [{ status: "firing", labels, annotations }] });
    const title = "[DRILL drill-postgres] CRITICAL: Postgres does not answer";
    const [chat] = await received(slack, (message) => JSON.stringify(message).includes(title));
    expect(chat).toMatchObject({ channel: "#alerts", attachments: [{ title, color: "danger", title_link: annotations.dashboard_url }] });
    expect(JSON.stringify(chat)).toContain(annotations.runbook_url);
    const [page] = await received(pager, (message) => JSON.stringify(message).includes(title));
    expect(page).toMatchObject({ routing_key: "routing-key", event_action: "trigger", payload: { summary: title, severity: "critical", component: "platform" }, links: [{ href: annotations.runbook_url }] });
    const [letter] = await received(mail, (message) => decoded(message).includes("Postgres does not answer"));
    expect(decoded(letter ?? "")).toContain(annotations.description);
    expect(letter).toContain("oncall@example.com");
    await alertmanager.post([{ labels, annotations, endsAt: new Date().toISOString() }]);
    await received(webhook, (message) => message["status"] === "resolved" && commonLabel(message, "namespace") === "payload");
    await received(slack, (message) => JSON.stringify(message).includes("RESOLVED: Postgres does not answer"));
    await received(pager, (message) => message["event_action"] === "resolve");
  }, MINUTE);

  it("wakes nobody for a warning", async () => {
    const labels = { alertname: "RedisDown", severity: "warning", team: "platform", namespace: "morning" };
    await alertmanager.post([{ labels, annotations: { summary: "Redis does not answer", drill: "none" } }]);
    await received(slack, (message) => JSON.stringify(message).includes('"WARNING: Redis does not answer"'));
    expect(pager.messages.filter((message) => JSON.stringify(message).includes("Redis"))).toEqual([]);
  }, MINUTE);

  it("asks the dead man's switch while the heartbeat arrives", async () => {
    await alertmanager.post([{ labels: { alertname: heartbeatAlert, severity: "info", team: "platform" } }]);
    const [beat] = await received(heartbeat, (message) => message["status"] === "firing");
    expect(beat).toMatchObject({ receiver: "heartbeat" });
  }, MINUTE);

  it("tells the news of a deploy in the alerts' channels, to no pager", async () => {
    await alertmanager.post([{ labels: { ...noticeLabels, severity: "info", notice: "1", stack: "dev" }, annotations: { summary: "Release 7 of dev is deployed", description: "By somebody." } }]);
    await received(slack, (message) => JSON.stringify(message).includes("INFO: Release 7 of dev is deployed"));
    await received(webhook, (message) => commonLabel(message, "notice") === "1");
    expect(pager.messages.filter((message) => JSON.stringify(message).includes("Release 7"))).toEqual([]);
  }, MINUTE);

  it("tells the other receivers while one refuses, and that one as soon as it takes messages again", async () => {
    webhook.answer(500);
    const labels = { alertname: "NodeDiskFilling", severity: "critical", team: "platform", namespace: "refused" };
    await alertmanager.post([{ labels, annotations: { summary: "A disk of a node is filling up", drill: "none" } }]);
    await received(slack, (message) => JSON.stringify(message).includes("A disk of a node is filling up"));
    expect(webhook.messages.filter((message) => commonLabel(message, "namespace") === "refused")).toEqual([]);
    webhook.answer(200);
    await received(webhook, (message) => commonLabel(message, "namespace") === "refused");
  }, MINUTE);

  /** Which symptoms are silent while the source fires in their namespace, and which in another one. */
  async function silenced({ source, silences }: Inhibition, run: string): Promise<{ symptoms: string[]; elsewhere: string[] }> {
    const namespace = `${run}-${Object.values(source).join("-").toLowerCase()}`;
    const symptoms = (where: string) => silences.map((alertname) => ({ labels: { alertname, severity: "warning", team: "platform", namespace: where } }));
    await alertmanager.post([{ labels: { ...source, severity: "critical", team: "platform", namespace } }]);
    await alertmanager.post([...symptoms(namespace), ...symptoms(`${namespace}-elsewhere`)]);
    const known = await eventually(async () => {
      const all = (await alertmanager.alerts()).filter(({ labels, status }) => labels["namespace"]?.startsWith(namespace) === true && labels["alertname"] !== source["alertname"] && status.state !== "unprocessed");
      if (all.length < 2 * silences.length) throw new Error(`${all.length} alerts are known`);
      return all;
    });
    const silent = (where: string): string[] => known.filter(({ labels, status }) => labels["namespace"] === where && status.inhibitedBy.length > 0).map(({ labels }) => labels["alertname"] ?? "").sort();
    return { symptoms: silent(namespace), elsewhere: silent(`${namespace}-elsewhere`) };
  }
});

function url({ port }: Receiver<unknown>): string {
  return `http://127.0.0.1:${port}/`;
}

function commonLabel(message: Record<string, unknown>, label: string): unknown {
  return (message["commonLabels"] as Record<string, unknown> | undefined)?.[label];
}

/** A mail as it is read: its lines are quoted-printable. */
function decoded(message: string): string {
  return message.replaceAll("=\n", "").replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

async function received<Message>(receiver: Receiver<Message>, matches: (message: Message) => boolean): Promise<Message[]> {
  return eventually(() => {
    const found = receiver.messages.filter(matches);
    if (found.length === 0) throw new Error(`It is not among ${receiver.messages.length} messages; the last one: ${JSON.stringify(receiver.messages.at(-1))}`);
    return found;
  });
}
