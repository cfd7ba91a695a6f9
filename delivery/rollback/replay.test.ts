import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { replay } from "./replay.ts";

const secret = (content: object) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ...content });
const prefix = "urn:pulumi:dev::forecast-stack::";
const replayed = (...resources: readonly object[]) => replay(deploymentSchema.parse({ manifest: { time: "now" }, resources }), () => "null", new Map());
const stack = (outputs: object) => ({ urn: `${prefix}pulumi:pulumi:Stack::s`, type: "pulumi:pulumi:Stack", outputs });

describe("a secret that was exported without the passphrase, and so is null", () => {
  const Null = new ReleaseError("A secret of this release is null: its checkpoint was written without the passphrase, and cannot be gone back to.");

  it.each([
    ["in plain text", secret({ plaintext: "null" })],
    ["sealed", secret({ ciphertext: "v1:a:b" })],
  ])("is never replayed, as it would wipe a password: %s", (_how, value) => {
    const type = "kubernetes:core/v1:Secret";
    const resource = { urn: `${prefix}${type}::postgres-passwords`, type, custom: true, inputs: { metadata: { name: "postgres-passwords" }, stringData: { nested: [value] } } };
    expect(() => replayed(resource)()).toThrow(Null);
    expect(() => replayed(stack({ token: value }))()).toThrow(Null);
  });

  it("is another thing than a value that is null, and than a secret with one in it", async () => {
    expect(Object.keys(await replayed(stack({ nothing: null, token: secret({ plaintext: '{"user":null}' }) }))())).toEqual(["nothing", "token"]);
  });
});
