import { expect, it } from "@jest/globals";
import type { KubeConfig } from "@kubernetes/client-node";
import { recordsToRemove, RolloutMapStore } from "./rollout-maps.ts";

const record = (at: string, bytes: number) => `{ "at": "${at}", "samples": "${"x".repeat(bytes)}" }`;

it("the oldest records make room, and never the newest", () => {
  const records = { "a.2": record("2026-01-02", 400_000), "b.1": record("2026-01-01", 300_000), "a.1": record("2026-01-03", 300_000) };
  expect(recordsToRemove(records, "a.1")).toEqual(["b.1"]);
  expect(recordsToRemove({ "a.1": record("2026-01-01", 1_000) }, "a.1")).toEqual([]);
});

it("rollouts are led on without the maps of the definitions and the overrides, by what these held last, but not without their own", async () => {
  const maps: Record<string, object> = { "feature-flags": {}, "feature-flag-overrides": { data: { CROSS_DOCK_ENABLED: "false" } }, "feature-flag-rollouts": { metadata: { resourceVersion: "7" } } };
  const readNamespacedConfigMap = ({ name }: { name: string }) => (maps[name] === undefined ? Promise.reject(Object.assign(new Error(name), { code: 404 })) : Promise.resolve(maps[name]));
  const store = new RolloutMapStore({ makeApiClient: () => ({ readNamespacedConfigMap }) } as unknown as KubeConfig, "n");
  const before = await store.read();
  delete maps["feature-flags"];
  delete maps["feature-flag-overrides"];
  expect(await store.read()).toEqual(before);
  expect(before.maps.overrides.data).toEqual({ CROSS_DOCK_ENABLED: "false" });
  delete maps["feature-flag-rollouts"];
  await expect(store.read()).rejects.toThrow("feature-flag-rollouts");
});
