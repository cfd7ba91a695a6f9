import { describe, expect, it } from "@jest/globals";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { subjectOf } from "@forecast-stack/flags/exposures.ts";
import { flagdDocument } from "@forecast-stack/flags/flagd-document.ts";
import { noteOf, readOverrides } from "@forecast-stack/flags/overrides.ts";
import { freshStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import type { FlagMaps } from "./flag-maps.ts";
import { environmentOf, overviewOf } from "./flag-overview.ts";
import { overridePatch, parseDuration } from "./override-change.ts";
import { describeAge } from "./print-flags.ts";

const now = new Date("2026-03-01T12:00:00Z");
const dev = { environment: "dev", by: "team:warehouse", now } as const;
const empty = { data: {}, annotations: {} };
const mapsWith = (overrides: FlagMaps["overrides"], environment: "dev" | "staging" | "production" = "production"): FlagMaps => ({
  definitions: { data: { "flags.json": JSON.stringify(flagdDocument(definitions, environment)) }, annotations: {} },
  overrides,
  rollouts: empty,
});

describe("an override by the command line", () => {
  it("carries who, when, why and until when, in a form that every process reads", () => {
    const { data, metadata } = overridePatch({ flag: "CROSS_DOCK_ENABLED", value: "false", reason: "receiving is stuck", forMs: 1_800_000 }, dev);
    const content = { data: { CROSS_DOCK_ENABLED: String(data["CROSS_DOCK_ENABLED"]) }, annotations: metadata.annotations };
    expect(readOverrides(definitions, content, {})).toEqual({ overrides: { CROSS_DOCK_ENABLED: { value: false, until: Date.parse("2026-03-01T12:30:00Z") } }, problems: [] });
    expect(overviewOf(mapsWith(content), now).flags.find(({ flag }) => flag === "CROSS_DOCK_ENABLED")).toMatchObject({
      value: false,
      source: "override",
      note: { by: "team:warehouse", at: "2026-03-01T12:00:00.000Z", reason: "receiving is stuck", until: "2026-03-01T12:30:00.000Z" },
    });
  });

  it("and a rollout to 100 % tell since when everybody has had the same value, but not one that ends or goes to a cohort", () => {
    const since = (maps: FlagMaps, flag: string) => overviewOf(maps, now).flags.find((one) => one.flag === flag)?.settledSince;
    const overriddenFor = (forMs?: number) => {
      const { data, metadata } = overridePatch({ flag: "CROSS_DOCK_ENABLED", value: "false", ...(forMs === undefined ? {} : { forMs }) }, dev);
      return mapsWith({ data: { CROSS_DOCK_ENABLED: String(data["CROSS_DOCK_ENABLED"]) }, annotations: metadata.annotations });
    };
    const staged = (cohort: string) => {
      const history = [[5, "01"], [100, "02"], [100, "03"]].map(([weight, day]) => ({ at: `2026-01-${day}T00:00:00.000Z`, weight, what: "step" }));
      const status = { ...freshStatus(`${subjectOf({ flag: "ENABLE_HYBRID_FORECASTING", variant: "on", cohort: cohort === "" ? undefined : ["default:main:*"] })}.1`, now), weight: 100, phase: "completed", history };
      return { ...mapsWith(empty), rollouts: { data: { hybrid: `flag: ENABLE_HYBRID_FORECASTING\nvariant: on\n${cohort}`, "hybrid.status": JSON.stringify(status) }, annotations: {} } };
    };
    expect([since(overriddenFor(), "CROSS_DOCK_ENABLED"), since(overriddenFor(1_800_000), "CROSS_DOCK_ENABLED")]).toEqual(["2026-03-01T12:00:00.000Z", undefined]);
    expect([since(staged(""), "ENABLE_HYBRID_FORECASTING"), since(staged("cohort: ['default:main:*']\n"), "ENABLE_HYBRID_FORECASTING")]).toEqual(["2026-01-02T00:00:00.000Z", undefined]);
    expect(describeAge({ expires: "2027-01-01", stale: false, settledSince: "2026-01-02T00:00:00.000Z" }, now)).toBe("2027-01-01, settled since 2026-01-02");
    expect(describeAge({ expires: "2027-01-01", stale: false, settledSince: "2026-02-02T00:00:00.000Z" }, now)).toBe("2027-01-01");
  });

  it("leaves a note of who took it away and why", () => {
    const { data, metadata } = overridePatch({ flag: "CROSS_DOCK_ENABLED", reason: "fixed" }, dev);
    expect(data).toEqual({ CROSS_DOCK_ENABLED: null });
    expect(noteOf({ data: {}, annotations: metadata.annotations }, "CROSS_DOCK_ENABLED")).toEqual({ by: "team:warehouse", value: null, at: "2026-03-01T12:00:00.000Z", reason: "fixed" });
  });

  it.each([
    ["an unknown flag", { flag: "NOPE", value: "1" }, "There is no flag NOPE."],
    ["a wrong value", { flag: "STREAMING_BATCH_DELAY_MS", value: "fast" }, 'STREAMING_BATCH_DELAY_MS is "fast": it must be a number from 0 to 600000.'],
  ])("is refused for %s", (_case, request, message) => {
    expect(() => overridePatch(request, dev)).toThrow(message);
  });

  it.each(["production", undefined] as const)("needs a reason where the environment is %s", (environment) => {
    expect(() => overridePatch({ flag: "CROSS_DOCK_ENABLED", value: "false" }, { ...dev, environment })).toThrow("needs a reason");
    expect(() => overridePatch({ flag: "CROSS_DOCK_ENABLED" }, { ...dev, environment })).toThrow("needs a reason");
  });

  it("reads lengths of time", () => {
    expect([parseDuration("30m"), parseDuration("2h"), parseDuration("45"), parseDuration("0m")]).toEqual([1_800_000, 7_200_000, undefined, undefined]);
  });
});

describe("the overview of a stack's flags", () => {
  it("says that nobody knows who wrote a value that has no note of its own", () => {
    const { data, metadata } = overridePatch({ flag: "CROSS_DOCK_ENABLED", value: "false" }, dev);
    const byHand = { data: { ...data, CROSS_DOCK_ENABLED: "true" } as Record<string, string>, annotations: metadata.annotations };
    const flag = overviewOf(mapsWith(byHand), now).flags.find((one) => one.flag === "CROSS_DOCK_ENABLED");
    expect(flag).toMatchObject({ value: true, source: "override" });
    expect(flag?.note).toBeUndefined();
  });

  it("shows flags past their date as stale, and no other", () => {
    const at = (date: string) => overviewOf(mapsWith(empty), new Date(date)).flags.map(({ stale }) => stale);
    expect(at("2026-03-01T12:00:00Z")).not.toContain(true);
    expect(at("2099-01-01T12:00:00Z")).not.toContain(false);
  });

  it.each(["dev", "staging", "production"] as const)("knows %s by its defaults", (environment) => {
    expect(environmentOf(mapsWith(empty, environment))).toBe(environment);
  });
});
