import { expect, it } from "@jest/globals";
import type { FlagChange } from "@forecast-stack/flags/flag-history.ts";
import { endFault } from "./end-fault.ts";

const change = { map: "overrides", key: "CROSS_DOCK_ENABLED", after: "false" } as FlagChange;

it("a history whose end was cut off does not leave what the map holds", () => {
  expect(endFault([change], { CROSS_DOCK_ENABLED: "false" })).toBeUndefined();
  expect(endFault([], { CROSS_DOCK_ENABLED: "false" })).toContain("Its last change of CROSS_DOCK_ENABLED leaves no override, but the map holds false");
  expect(endFault([change], {})).toContain("leaves false, but the map holds none");
});

it("what no flag of this release is called says nothing about the history", () => {
  expect(endFault([], { FLAG_OF_ANOTHER_RELEASE: "1" })).toBeUndefined();
});
