import { describe, expect, it } from "@jest/globals";
import { alertmanagerConfig, type AlertmanagerConfigInput } from "./alertmanager-config.ts";

interface Route {
  readonly receiver: string;
  readonly routes?: readonly Route[];
}

interface Config {
  readonly route: Route;
  readonly receivers: readonly Readonly<Record<string, unknown>>[];
}

const configOf = (input: Partial<AlertmanagerConfigInput>): Config => alertmanagerConfig({ inhibitions: [], ...input }) as unknown as Config;
const receiversOf = ({ receiver, routes = [] }: Route): string[] => [receiver, ...routes.flatMap(receiversOf)];

describe("the configuration of Alertmanager", () => {
  it("routes to every receiver that there is, and to no other", () => {
    const { route, receivers } = configOf({});
    expect([...new Set(receiversOf(route))].sort()).toEqual(receivers.map(({ name }) => name).sort());
  });

  it("tells nobody where nothing is set", () => {
    expect(configOf({}).receivers.filter((receiver) => Object.keys(receiver).length > 1)).toEqual([]);
  });

  it("tells the inbox of everything that people and the dead man's switch are told", () => {
    const { receivers } = configOf({ inboxUrl: "http://inbox/", webhookUrl: "https://people.example/", heartbeatUrl: "https://switch.example/" });
    const urls = new Map(receivers.map(({ name, webhook_configs }) => [name, (webhook_configs as { url: string }[] | undefined)?.map(({ url }) => url)]));
    expect(urls.get("shown")).toBeUndefined();
    expect(urls.get("heartbeat")).toEqual(["https://switch.example/", "http://inbox/"]);
    expect(urls.get("platform-critical")).toEqual(["https://people.example/", "http://inbox/"]);
  });

  it("wakes people for critical alerts only", () => {
    const paged = configOf({ pagerDutyKey: "key" }).receivers.filter((receiver) => "pagerduty_configs" in receiver).map(({ name }) => name);
    expect(paged).toEqual(["platform-critical", "forecasting-critical", "inventory-critical"]);
  });

  it("gives a team channels of its own and leaves the others theirs", () => {
    const { receivers } = configOf({ slack: { url: "https://hooks.example/x", channel: "#alerts" }, teams: { forecasting: { slackChannel: "#forecasting" } } });
    const channels = receivers.flatMap(({ name, slack_configs }) => (slack_configs as { channel: string }[] | undefined)?.map(({ channel }) => [name, channel]) ?? []);
    expect(channels).toEqual([
      ["notices", "#alerts"],
      ["platform-critical", "#alerts"],
      ["platform-warning", "#alerts"],
      ["forecasting-critical", "#forecasting"],
      ["forecasting-warning", "#forecasting"],
      ["inventory-critical", "#alerts"],
      ["inventory-warning", "#alerts"],
    ]);
  });
});
