import { describe, expect, it } from "@jest/globals";
import { alertmanagerConfig } from "./alertmanager-config.ts";

interface Config {
  readonly route: { readonly receiver: string; readonly routes: { readonly receiver: string; readonly matchers: string[]; readonly group_wait: string }[] };
  readonly receivers: { readonly name: string; readonly webhook_configs?: { readonly url: string; readonly send_resolved: boolean }[] }[];
}

const configOf = (input: Parameters<typeof alertmanagerConfig>[0]): Config => alertmanagerConfig(input) as unknown as Config;

describe("the configuration of Alertmanager", () => {
  it("routes only to receivers that exist", () => {
    const { route, receivers } = configOf({});
    const names = receivers.map(({ name }) => name);
    for (const receiver of [route.receiver, ...route.routes.map((inner) => inner.receiver)]) expect(names).toContain(receiver);
  });

  it("tells of critical alerts sooner than of others", () => {
    expect(configOf({}).route.routes).toEqual([expect.objectContaining({ matchers: ['severity="critical"'], group_wait: "5s" })]);
  });

  it("posts to the webhook, the end of an alert too, and to nobody without one", () => {
    expect(configOf({ webhookUrl: "https://hooks.example/x" }).receivers[0]?.webhook_configs).toEqual([{ url: "https://hooks.example/x", send_resolved: true }]);
    expect(configOf({}).receivers[0]?.webhook_configs).toBeUndefined();
  });
});
