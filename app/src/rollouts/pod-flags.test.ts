import { expect, it } from "@jest/globals";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { FlagSet } from "@forecast-stack/flags/flag-set.ts";
import { PodFlags } from "./pod-flags.ts";

const flag = "CROSS_DOCK_ENABLED";
const content = (data: Record<string, string>, annotations: Record<string, string> = {}) => ({ data, annotations });
const mapsWith = (overrides: ReturnType<typeof content>) => ({ definitions: content({}), overrides, rollouts: content({}) });

it("an entry that became wrong leaves the revision at what every pod goes on to report, and is named", () => {
  const flags = new PodFlags(definitions, "production");
  const pod = new FlagSet({ definitions, environment: "production", variables: {} });
  for (const value of ["false", "fasle"]) {
    flags.take(mapsWith(content({ [flag]: value })));
    pod.take("overrides", content({ [flag]: value }));
    expect(flags.revision).toBe(pod.revision);
  }
  expect(flags.ignored).toContainEqual(expect.objectContaining({ map: "overrides", key: flag }));
  expect(flags.isOverridden(flag, new Date())).toBe(true);
});

it("a flag is overridden until its override ends by itself or is taken away", () => {
  const flags = new PodFlags(definitions, "production");
  const note = { by: "ann", value: "false", at: "2026-03-01T12:00:00Z", until: "2026-03-01T12:30:00Z" };
  flags.take(mapsWith(content({ [flag]: "false" }, { [`flags.forecast-stack/${flag}`]: JSON.stringify(note) })));
  expect(["12:29", "12:30"].map((time) => flags.isOverridden(flag, new Date(`2026-03-01T${time}:00Z`)))).toEqual([true, false]);
  flags.take(mapsWith(content({ [flag]: "false" })));
  expect(flags.isOverridden(flag, new Date())).toBe(true);
  flags.take(mapsWith(content({})));
  expect(flags.isOverridden(flag, new Date())).toBe(false);
});
