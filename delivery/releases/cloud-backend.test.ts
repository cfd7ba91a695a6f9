import { describe, expect, it } from "@jest/globals";
import { CloudBackend } from "./cloud-backend.ts";
import { numberReleases } from "./update.ts";

const update = (version: number, more: object) => ({ version, kind: "update", startTime: "2026-01-31T02:00:00.000Z", endTime: "2026-01-31T02:01:00.000Z", message: `change ${version}`, environment: { "git.head": "abc" }, config: { "forecast-stack:environment": { value: "dev", secret: false }, "forecast-stack:slackUrl": { secret: true } }, result: "succeeded", resourceChanges: { create: 3 }, ...more });
const exported = (type: string, resource: object) => ({ version: 3, deployment: { manifest: { time: "now" }, secrets_providers: { type }, resources: [{ urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", type: "pulumi:pulumi:Stack", ...resource }] } });

/** A CLI that answers as told, and keeps what it was asked. */
function cli(answer: (args: readonly string[]) => object): { asked: string[]; pulumi: (args: readonly string[]) => Promise<string> } {
  const asked: string[] = [];
  return {
    asked,
    pulumi: (args) => {
      asked.push(args.join(" "));
      return Promise.resolve(JSON.stringify(answer(args)));
    },
  };
}

describe("the history in Pulumi Cloud", () => {
  it("is that of the CLI, oldest first, without settings that are secret", async () => {
    const { asked, pulumi } = cli(() => [update(4, { kind: "refresh" }), update(3, {}), update(2, { result: "failed" }), { ...update(1, {}), endTime: undefined, result: "in-progress" }]);
    const updates = numberReleases(await new CloudBackend("p", pulumi).updates("dev"));
    expect(asked).toEqual(["stack history --json --page-size 0 --stack dev --non-interactive"]);
    expect(updates.map(({ id, release }) => [id, release])).toEqual([["1", null], ["2", null], ["3", 1], ["4", null]]);
    expect(updates[2]?.entry).toMatchObject({ startTime: 1_769_824_800, endTime: 1_769_824_860, message: "change 3", config: { "forecast-stack:environment": "dev" }, environment: { "git.head": "abc" } });
    expect(updates[2]?.entry.config).not.toHaveProperty("forecast-stack:slackUrl");
  });

  it("gives the deployment of an update, with the plain secrets only where nobody else can open them", async () => {
    const { asked, pulumi } = cli((args) => exported(args.includes("7") ? "service" : "passphrase", { outputs: { shown: args.includes("--show-secrets") } }));
    const backend = new CloudBackend("p", pulumi);
    const [own, ofTheService] = [await backend.deployment("dev", "3"), await backend.deployment("dev", "7")];
    expect([own, ofTheService].map(({ deployment }) => deployment.resources[0]?.outputs["shown"])).toEqual([false, true]);
    expect(asked).toEqual(["stack export --version 3 --stack dev --non-interactive", "stack export --version 7 --stack dev --non-interactive", "stack export --version 7 --stack dev --show-secrets --non-interactive"]);
    expect(own.checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  it("refuses what is of another project, and says why when Pulumi Cloud gives nothing", async () => {
    await expect(new CloudBackend("other", cli(() => exported("passphrase", {})).pulumi).deployment("dev", "3")).rejects.toThrow("Update 3 of the stack dev is of another stack or project");
    await expect(new CloudBackend("p", () => Promise.reject(new Error("error: no stack named 'dev' found"))).updates("dev")).rejects.toThrow("Pulumi Cloud does not give the history of the stack dev: error: no stack named 'dev' found");
  });
});
