import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { readSecrets } from "./secrets.ts";
import { requiredSecrets } from "./secret-names.ts";

let elsewhere: Record<string, string>;

beforeEach(async () => {
  elsewhere = {};
  const newResource = ({ id, name, inputs }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult => ({ id: id ?? name, state: { ...(inputs as object), outputs: elsewhere, secretOutputNames: Object.keys(elsewhere) } });
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "forecast-stack", "test", false);
});

const inConfig = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [`forecast-stack:${name}`, `configured ${name}`]));
const read = (config: Record<string, string>, secretKeys = Object.keys(config)) => readSecrets({ project: "forecast-stack", config, secretKeys, secretsStack: "organization/forecast-stack-secrets/test" });
const shown = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void output.apply(resolve));

describe("the passwords of a stack", () => {
  it("come from its own secret configuration first, from the secrets stack otherwise", async () => {
    elsewhere = Object.fromEntries(requiredSecrets.map((name) => [name, `shared ${name}`]));
    const secrets = await read(inConfig(["postgresPassword"]));
    expect(await shown(secrets.postgresPassword)).toBe("configured postgresPassword");
    expect(await shown(secrets.jwtSecret)).toBe("shared jwtSecret");
  });

  it("stay secret wherever they go", async () => {
    const secrets = await read(inConfig(requiredSecrets));
    for (const name of requiredSecrets) expect(await pulumi.isSecret(secrets[name])).toBe(true);
  });

  it("that are nowhere are all named in one error", async () => {
    elsewhere = { postgresPassword: "x" };
    await expect(read({})).rejects.toThrow(/forecast-stack:ownerPassword is not set, and the stack organization\/forecast-stack-secrets\/test has no output of that name[^]*forecast-stack:grafanaAdminPassword/);
  });

  it("are refused as plain text, and not repeated", async () => {
    const refusal = await read(inConfig(requiredSecrets), []).catch((error: unknown) => (error as Error).message);
    expect(refusal).toContain("forecast-stack:jwtSecret is plain text, but must be a secret");
    expect(refusal).not.toContain("configured");
  });

  it("that may be missing are absent when they are", async () => {
    expect((await read(inConfig(requiredSecrets))).alertWebhookUrl).toBeUndefined();
    const secrets = await read(inConfig([...requiredSecrets, "alertWebhookUrl"]));
    expect(await shown(secrets.alertWebhookUrl ?? pulumi.output(""))).toBe("configured alertWebhookUrl");
  });
});
