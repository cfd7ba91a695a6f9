import { describe, expect, it } from "@jest/globals";
import type { FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { noteAnnotation } from "@forecast-stack/flags/overrides.ts";
import { changesOf, type RecordedMap } from "./map-changes.ts";
import { observeMap } from "./observed-map.ts";

const flag = "CROSS_DOCK_ENABLED";
const seenAt = new Date("2026-03-01T12:00:01Z");
const writtenAt = new Date("2026-03-01T12:00:00Z");
const nothing: RecordedMap = { uid: undefined, uids: new Set(), version: 0n, keys: new Map() };
const recorded = (text: string | null, notedAt: string | null = null): RecordedMap => ({ uid: "u1", uids: new Set(["u1"]), version: 10n, keys: new Map([[flag, { flag, text, notedAt: notedAt === null ? null : Date.parse(notedAt) }]]) });
const version = (resourceVersion: string, uid = "u1") => ({ uid, resourceVersion, tool: "kubectl-patch", writtenAt });
const noted = (value: string | null, at: string): FlagMapContent["annotations"] => ({ [noteAnnotation(flag)]: JSON.stringify({ by: "alex", value, at, reason: "receiving is stuck" }) });
const overrides = (known: RecordedMap, data: Record<string, string>, annotations = {}, at = version("11")) => changesOf(known, observeMap(definitions, "overrides", { data, annotations }, at, seenAt));

describe("the changes that a version of the overrides brings", () => {
  it("say what was and what is, when the API server took it and by which program, but no name that nobody vouches for", () => {
    expect(overrides(nothing, { [flag]: "false" })).toEqual([
      { map: "overrides", key: flag, flag, before: null, after: "false", by: "unknown", reason: null, until: null, tool: "kubectl-patch", changedAt: writtenAt.toISOString(), notedAt: null, mapUid: "u1", resourceVersion: "11" },
    ]);
  });

  it("name no program and no earlier moment where something was taken out: the API server remembers nobody who did", () => {
    expect(overrides(recorded("false"), {})).toMatchObject([{ before: "false", after: null, by: "unknown", tool: null, changedAt: seenAt.toISOString() }]);
  });

  it("say who and why where a note tells of this change", () => {
    expect(overrides(recorded("true"), { [flag]: "false" }, noted("false", "2026-03-01T11:59:59Z"))).toMatchObject([{ by: "alex", reason: "receiving is stuck", notedAt: "2026-03-01T11:59:59.000Z" }]);
    expect(overrides(recorded("true"), {}, noted(null, "2026-03-01T11:59:59Z"))).toMatchObject([{ before: "true", after: null, by: "alex" }]);
  });

  it("do not lend a name to a later change by hand, not even one back to the value of the note", () => {
    expect(overrides(recorded("false"), { [flag]: "true" }, noted("false", "2026-03-01T11:00:00Z"))).toMatchObject([{ by: "unknown" }]);
    expect(overrides(recorded("true", "2026-03-01T11:00:00Z"), { [flag]: "false" }, noted("false", "2026-03-01T11:00:00Z"))).toMatchObject([{ by: "unknown", reason: null }]);
  });

  it("are none where a newer version is recorded already, or the object was replaced since", () => {
    expect(overrides(recorded("true"), { [flag]: "false" }, {}, version("10"))).toEqual([]);
    expect(overrides({ ...recorded("true"), uid: "u2", uids: new Set(["u1", "u2"]) }, { [flag]: "false" }, {}, version("99"))).toEqual([]);
  });

  it("begin anew with a map that was made anew, whatever its version", () => {
    expect(overrides(recorded("true"), {}, {}, version("3", "u2"))).toMatchObject([{ before: "true", after: null, mapUid: "u2" }]);
  });

  it("leave flags alone that only another release knows", () => {
    const known: RecordedMap = { ...recorded("true"), keys: new Map([["NEXT_YEARS_FLAG", { flag: "NEXT_YEARS_FLAG", text: "true", notedAt: null }]]) };
    expect(overrides(known, {})).toEqual([]);
  });
});

describe("the changes of rollouts and defaults", () => {
  const rollout = (weight: string) => changesOf(nothing, observeMap(definitions, "rollouts", { data: { hybrid: "flag: ENABLE_HYBRID_FORECASTING\nvariant: on\n", "hybrid.status": weight }, annotations: {} }, version("11"), seenAt));

  it("name the rollout, its flag and its share", () => {
    expect(rollout("weight: 25")).toMatchObject([{ map: "rollouts", key: "hybrid", flag: "ENABLE_HYBRID_FORECASTING", before: null, after: "on for 25 %" }]);
  });

  it("say that only a cohort has a share", () => {
    const content = { data: { hybrid: "flag: ENABLE_HYBRID_FORECASTING\nvariant: on\ncohort: ['default:main:*']\n", "hybrid.status": "weight: 100" }, annotations: {} };
    expect(changesOf(nothing, observeMap(definitions, "rollouts", content, version("11"), seenAt))).toMatchObject([{ after: "on for 100 % of a cohort" }]);
  });

  it("are none where something cannot be read", () => {
    expect(rollout("weight: [")).toEqual([]);
    expect(changesOf(recorded("true"), observeMap(definitions, "definitions", { data: { "flags.json": "{" }, annotations: {} }, version("11"), seenAt))).toEqual([]);
  });

  it("show a new default as the value that it stands for", () => {
    const document = JSON.stringify({ flags: { BIN_OPTIMIZATION_ALGORITHM: { defaultVariant: "bfd" } } });
    expect(changesOf(nothing, observeMap(definitions, "definitions", { data: { "flags.json": document }, annotations: {} }, version("11"), seenAt))).toMatchObject([{ flag: "BIN_OPTIMIZATION_ALGORITHM", after: "BFD" }]);
  });
});
