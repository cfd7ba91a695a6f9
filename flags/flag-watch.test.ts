import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { FlagWatch } from "./flag-watch.ts";
import { FlagMapServer } from "./test-support/flag-map-server.ts";
import { soon } from "./test-support/soon.ts";

describe("a watch of the flags' maps", () => {
  let server: FlagMapServer;
  let watch: FlagWatch;
  let seen: string[];

  beforeEach(async () => {
    server = await FlagMapServer.start();
    seen = [];
    watch = new FlagWatch(server.kubeConfig, server.namespace, {
      onContent: (map, { data }) => seen.push(`${map} ${data["A"] ?? ""}`),
      onGone: (map) => seen.push(`${map} gone`),
      onFailure: () => undefined,
    });
    for (const map of ["definitions", "overrides", "rollouts"] as const) server.set(map, { A: "1" });
  });
  afterEach(async () => {
    await watch.stop();
    await server.stop();
  });

  const startAll = async () => {
    watch.start();
    await soon(() => expect(seen.toSorted()).toEqual(["definitions 1", "overrides 1", "rollouts 1"]));
    seen.length = 0;
  };

  it("tells each change as it happens", async () => {
    await startAll();
    for (const value of ["2", "3", "4"]) server.set("overrides", { A: value });
    await soon(() => expect(seen).toEqual(["overrides 2", "overrides 3", "overrides 4"]));
  });

  it("lists again where the API server no longer knows the place to go on from, and follows from there", async () => {
    await startAll();
    server.forget();
    server.set("overrides", { A: "2" });
    await soon(() => expect(seen).toEqual(["overrides 2"]));
    server.set("overrides", { A: "3" });
    await soon(() => expect(seen).toEqual(["overrides 2", "overrides 3"]));
  });

  it("tells of a map that went while the API server could not be asked", async () => {
    await startAll();
    server.refuse("rollouts");
    server.forget();
    server.delete("rollouts");
    server.allow("rollouts");
    await soon(() => expect(seen).toContain("rollouts gone"));
    server.set("rollouts", { A: "2" });
    await soon(() => expect(seen.at(-1)).toBe("rollouts 2"));
  });

  it("is not confirmed as long as one of the maps cannot be read", async () => {
    server.refuse("rollouts");
    watch.start();
    await soon(() => expect(server.refusals("rollouts")).toBeGreaterThan(1));
    expect(seen.toSorted()).toEqual(["definitions 1", "overrides 1"]);
    expect(watch.confirmedAt).toBeUndefined();
    server.allow("rollouts");
    await soon(() => expect(watch.confirmedAt).toBeDefined());
    expect(seen).toContain("rollouts 1");
  });
});
