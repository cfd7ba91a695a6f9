import { describe, expect, it } from "@jest/globals";
import { differences } from "./compare.ts";
import { maskSecrets } from "./secret-values.ts";

const secret = (ciphertext: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext });
const decrypt = (ciphertext: string) => ciphertext.split(":")[1] ?? "";

describe("the differences between two values", () => {
  it("are named by the path of the innermost one", () => {
    expect(differences({ spec: { replicas: 2, containers: [{ image: "a" }] } }, { spec: { replicas: 3, containers: [{ image: "b" }], paused: true } })).toEqual([
      { path: "spec.replicas", before: 2, after: 3 },
      { path: "spec.containers[0].image", before: "a", after: "b" },
      { path: "spec.paused", before: undefined, after: true },
    ]);
  });

  it("do not show a secret, and compare what was encrypted, not how", () => {
    const before = maskSecrets({ data: secret("one:same"), other: secret("one:old") }, decrypt);
    const after = maskSecrets({ data: secret("two:same"), other: secret("two:new") }, decrypt);
    const found = differences(before, after);
    expect(found.map(({ path }) => path)).toEqual(["other"]);
    expect(JSON.stringify(found)).toBe('[{"path":"other","before":"(secret)","after":"(secret)"}]');
  });
});
