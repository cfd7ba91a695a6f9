import { expect, it } from "@jest/globals";
import type { FlagMap, FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import type { FlagChange } from "@forecast-stack/flags/flag-history.ts";
import { endFault } from "./end-fault.ts";

const holding = (map: FlagMap, data: FlagMapContent["data"]) => ({ ...Object.fromEntries(["definitions", "overrides", "rollouts"].map((one) => [one, { data: {}, annotations: {} }])), [map]: { data, annotations: {} } }) as Record<FlagMap, FlagMapContent>;
const change = (map: FlagMap, key: string, after: string) => ({ map, key, after }) as FlagChange;
const document = (defaultVariant: string) => ({ "flags.json": JSON.stringify({ flags: { STREAMING_BATCH_DELAY_MS: { defaultVariant } } }) });

it("a history whose end was cut off does not leave what the overrides hold", () => {
  const off = change("overrides", "CROSS_DOCK_ENABLED", "false");
  expect(endFault([off], holding("overrides", { CROSS_DOCK_ENABLED: "false" }))).toBeUndefined();
  expect(endFault([], holding("overrides", { CROSS_DOCK_ENABLED: "false" }))).toContain("Its last change of the override of CROSS_DOCK_ENABLED leaves none, but the map holds false");
  expect(endFault([off], holding("overrides", {}))).toContain("leaves false, but the map holds none");
});

it("nor the share of a rollout", () => {
  const staged = holding("rollouts", { hybrid: "flag: ENABLE_HYBRID_FORECASTING\nvariant: on\n", "hybrid.status": "weight: 25" });
  const began = change("rollouts", "hybrid", "on for 5 %");
  expect(endFault([began, change("rollouts", "hybrid", "on for 25 %")], staged)).toBeUndefined();
  expect(endFault([began], staged)).toContain("Its last change of the rollout hybrid leaves on for 5 %, but the map holds on for 25 %");
  expect(endFault([began], holding("rollouts", {}))).toContain("but the map holds none");
});

it("nor a default", () => {
  const proven = change("definitions", "STREAMING_BATCH_DELAY_MS", "500");
  expect(endFault([proven], holding("definitions", document("delay-500")))).toBeUndefined();
  expect(endFault([proven], holding("definitions", document("delay-300")))).toContain("Its last change of the default of STREAMING_BATCH_DELAY_MS leaves 500, but the map holds 300");
});

it("what this release does not know, or cannot read, says nothing about the history", () => {
  expect(endFault([], holding("overrides", { FLAG_OF_ANOTHER_RELEASE: "1" }))).toBeUndefined();
  expect(endFault([change("overrides", "FLAG_OF_ANOTHER_RELEASE", "1")], holding("overrides", {}))).toBeUndefined();
  expect(endFault([change("rollouts", "hybrid", "on for 5 %")], holding("rollouts", { hybrid: "flag: [" }))).toBeUndefined();
  expect(endFault([change("definitions", "STREAMING_BATCH_DELAY_MS", "500")], holding("definitions", document("delay-of-another-release")))).toBeUndefined();
});
