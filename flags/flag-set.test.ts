import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { FlagMapContent } from "./config-maps.ts";
import { definitions } from "./definitions.ts";
import { readExposures, subjectOf } from "./exposures.ts";
import { FlagSet } from "./flag-set.ts";
import { flagdDocument } from "./flagd-document.ts";

const content = (data: Record<string, string>, annotations: Record<string, string> = {}): FlagMapContent => ({ data, annotations });
const newSet = (variables: Record<string, boolean | number | string> = {}, now: () => number = () => 0) => new FlagSet({ definitions, environment: "production", variables, now });
const hybrid = (set: FlagSet, targetingKey = "t:f:sku") => set.core.resolveBooleanEvaluation("ENABLE_HYBRID_FORECASTING", false, { targetingKey });
const delay = (set: FlagSet) => set.core.resolveNumberEvaluation("STREAMING_BATCH_DELAY_MS", -1, { targetingKey: "pod" }).value;
const rollout = (weight: number) => content({ hybrid: "flag: ENABLE_HYBRID_FORECASTING\nvariant: on\n", "hybrid.status": `weight: ${weight}\n` });

describe("a flag's value", () => {
  it("is the definition's until anything else is known", () => {
    expect(delay(newSet())).toBe(500);
    expect(hybrid(newSet())).toMatchObject({ value: false, variant: "off", flagMetadata: { source: "definition", staged: false } });
  });

  it("comes from the override, then the rollout, then the environment, then the definition", () => {
    const set = newSet({ ENABLE_HYBRID_FORECASTING: false });
    expect(hybrid(set).flagMetadata).toMatchObject({ source: "environment" });
    set.take("rollouts", rollout(100));
    expect(hybrid(set)).toMatchObject({ value: true, flagMetadata: { source: "rollout", staged: false } });
    set.take("overrides", content({ ENABLE_HYBRID_FORECASTING: "false" }));
    expect(hybrid(set)).toMatchObject({ value: false, variant: "off", flagMetadata: { source: "override" } });
    set.take("overrides", content({}));
    set.take("rollouts", content({}));
    expect(hybrid(set).flagMetadata).toMatchObject({ source: "environment" });
  });

  it("may be any number within the flag's bounds", () => {
    const set = newSet();
    set.take("overrides", content({ STREAMING_BATCH_DELAY_MS: "125" }));
    expect(set.core.resolveNumberEvaluation("STREAMING_BATCH_DELAY_MS", 0, {})).toMatchObject({ value: 125, variant: "override" });
  });

  it("goes back by itself when an override ends", () => {
    let now = Date.parse("2026-03-01T12:00:00Z");
    const set = newSet({}, () => now);
    const note = { by: "somebody", at: "2026-03-01T12:00:00Z", value: "0", until: "2026-03-01T12:30:00Z" };
    set.take("overrides", content({ STREAMING_BATCH_DELAY_MS: "0" }, { "flags.forecast-stack/STREAMING_BATCH_DELAY_MS": JSON.stringify(note) }));
    const revision = set.revision;
    expect(delay(set)).toBe(0);
    now += 30 * 60_000;
    expect(delay(set)).toBe(500);
    expect(set.revision).not.toBe(revision);
  });

  it("does not end when somebody wrote another value over one that would have", () => {
    const now = Date.parse("2026-03-01T13:00:00Z");
    const set = newSet({}, () => now);
    const note = { by: "somebody", at: "2026-03-01T12:00:00Z", value: "0", until: "2026-03-01T12:30:00Z" };
    set.take("overrides", content({ STREAMING_BATCH_DELAY_MS: "100" }, { "flags.forecast-stack/STREAMING_BATCH_DELAY_MS": JSON.stringify(note) }));
    expect(delay(set)).toBe(100);
  });

  it("follows the defaults of the definitions map", () => {
    const set = newSet();
    set.take("definitions", content({ "flags.json": JSON.stringify(flagdDocument(definitions, "dev")) }));
    expect(delay(set)).toBe(300);
  });
});

describe("bad input", () => {
  it.each([
    ["a wrong type", { STREAMING_BATCH_DELAY_MS: "fast" }, 'STREAMING_BATCH_DELAY_MS is "fast": it must be a number from 0 to 600000.'],
    ["a number out of bounds", { STREAMING_BATCH_DELAY_MS: "600001" }, "it must be a number from 0 to 600000."],
    ["a word that is no variant", { BIN_OPTIMIZATION_ALGORITHM: "ffd" }, "it must be FFD, BFD, HYBRID."],
    ["a boolean in another spelling", { CROSS_DOCK_ENABLED: "yes" }, "it must be true or false."],
    ["an unknown flag", { CROSS_DOCK: "true" }, "There is no flag CROSS_DOCK"],
    ["a flag named like something of every object", { constructor: "true" }, "There is no flag constructor"],
  ])("tells %s in one sentence and changes nothing", (_case, data: Record<string, string>, message) => {
    const set = newSet();
    const { revision } = set;
    expect(set.take("overrides", content(data))).toEqual([expect.objectContaining({ map: "overrides", key: Object.keys(data)[0], message: expect.stringContaining(message) })]);
    expect(set.revision).toBe(revision);
  });

  it("leaves the last good value of an override, and the others beside it take effect", () => {
    const set = newSet();
    set.take("overrides", content({ STREAMING_BATCH_DELAY_MS: "100" }));
    set.take("overrides", content({ STREAMING_BATCH_DELAY_MS: "1OO", CROSS_DOCK_ENABLED: "true" }));
    expect(delay(set)).toBe(100);
    expect(set.core.resolveBooleanEvaluation("CROSS_DOCK_ENABLED", false, {}).value).toBe(true);
  });

  it("names the line of a definitions document that is no JSON, and keeps the defaults", () => {
    const set = newSet();
    const problems = set.take("definitions", content({ "flags.json": '{\n  "flags": {\n    oops\n' }));
    expect(problems).toEqual([expect.objectContaining({ key: "flags.json", kind: "unreadable", message: expect.stringContaining("line 3") })]);
    expect(delay(set)).toBe(500);
  });

  it.each([
    ["no YAML", "flag: [", "is not YAML"],
    ["an unknown flag", "flag: NOPE\nvariant: on", "does not exist"],
    ["an unknown variant", "flag: ENABLE_HYBRID_FORECASTING\nvariant: full", "its variants are on, off"],
    ["no flag at all", "variant: on", "flag"],
  ])("keeps the last good weight of a rollout that became %s", (_case, text, message) => {
    const set = newSet();
    set.take("rollouts", rollout(100));
    const problems = set.take("rollouts", content({ hybrid: text, "hybrid.status": "weight: 100" }));
    expect(problems).toEqual([expect.objectContaining({ map: "rollouts", key: "hybrid", message: expect.stringContaining(message) })]);
    expect(hybrid(set).value).toBe(true);
  });

  it.each([
    ["the one that exposes somebody, not one that was added before it", 0, 100, "a", true],
    ["the first by name where both expose somebody", 0.01, 100, "b", false],
  ])("lets only one of two rollouts of a flag count: %s", (_case, first, second, ignored, value) => {
    const set = newSet();
    const text = "flag: ENABLE_HYBRID_FORECASTING\nvariant: on";
    const problems = set.take("rollouts", content({ a: text, "a.status": `weight: ${first}`, b: text, "b.status": `weight: ${second}` }));
    expect(problems).toEqual([expect.objectContaining({ key: ignored, message: expect.stringContaining("already stages") })]);
    expect(hybrid(set).value).toBe(value);
  });

  it.each([
    ["another flag", "flag: ENABLE_PREDICTIVE_PREFETCH\nvariant: on"],
    ["another variant", "flag: ENABLE_HYBRID_FORECASTING\nvariant: off"],
    ["another cohort", "flag: ENABLE_HYBRID_FORECASTING\nvariant: on\ncohort: ['t:*']"],
  ])("exposes nobody by a rollout that was edited to %s, until its controller has begun anew", (_case, edited) => {
    const status = `weight: 100\nspec: ${subjectOf({ flag: "ENABLE_HYBRID_FORECASTING", variant: "on" })}.0123456789ab`;
    const weightOf = (text: string) => readExposures(definitions, content({ hybrid: text, "hybrid.status": status }), {}).exposures["hybrid"]?.weight;
    expect(weightOf("flag: ENABLE_HYBRID_FORECASTING\nvariant: on\npaused: true")).toBe(100);
    expect(weightOf(edited)).toBe(0);
  });

  it("never breaks the evaluator, whatever the maps hold", () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom("true", "false", "0", "flag: ENABLE_HYBRID_FORECASTING\nvariant: on"));
    const keys = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom(...Object.keys(definitions), "flags.json", "a", "a.status", "__proto__"));
    fc.assert(
      fc.property(fc.constantFrom("definitions" as const, "overrides" as const, "rollouts" as const), fc.dictionary(keys, text), (map, data) => {
        const set = newSet();
        set.take(map, content(data));
        expect(typeof delay(set)).toBe("number");
        expect(typeof hybrid(set).value).toBe("boolean");
      }),
      { numRuns: 300 },
    );
  });
});

describe("a staged rollout of 100,000 keys", () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `default:F${index % 7}:SKU-${index}`);
  const exposed = (set: FlagSet) => new Set(keys.filter((key) => hybrid(set, key).value));
  const set = newSet();
  const at = (weight: number) => {
    set.take("rollouts", rollout(weight));
    return exposed(set);
  };

  it("exposes each share within half a point, only ever adds keys, and exposes the same keys after it went back", () => {
    const first = at(5);
    let before = first;
    for (const weight of [5, 25, 50, 100]) {
      const now = at(weight);
      expect(Math.abs(now.size / 1_000 - weight)).toBeLessThanOrEqual(0.5);
      expect([...before].every((key) => now.has(key))).toBe(true);
      before = now;
    }
    expect(at(0).size).toBe(0);
    expect(at(5)).toEqual(first);
  });
});

describe("a rollout of a cohort", () => {
  const members = "flag: ENABLE_HYBRID_FORECASTING\nvariant: on\ncohort: ['default:main:SKU-6823', 'north:*']";
  const at = (weight: number) => {
    const set = newSet();
    set.take("rollouts", content({ outliers: members, "outliers.status": `weight: ${weight}` }));
    return set;
  };

  it("exposes its keys and nobody else, and still counts as staged at 100 %", () => {
    const set = at(100);
    for (const [key, value] of [["default:main:SKU-6823", true], ["default:main:SKU-68230", false], ["default:main:SKU-1", false], ["north:main:SKU-1", true]] as const) {
      expect({ key, ...hybrid(set, key) }).toMatchObject({ key, value, flagMetadata: { staged: true } });
    }
  });

  it("exposes the same of its keys as a rollout of all would", () => {
    const all = newSet();
    all.take("rollouts", rollout(25));
    const keys = Array.from({ length: 1_000 }, (_, item) => `north:main:SKU-${item}`);
    const exposed = (set: FlagSet) => keys.filter((key) => hybrid(set, key).value);
    expect(exposed(at(25)).length).toBeGreaterThan(150);
    expect(exposed(at(25))).toEqual(exposed(all));
  });
});

describe("a revision", () => {
  it("is the same in every process that answers alike, in whatever order it learned of the maps", () => {
    const [one, other] = [newSet(), newSet()];
    one.take("overrides", content({ CROSS_DOCK_ENABLED: "true", ML_MODEL_ENABLED: "false" }));
    one.take("rollouts", rollout(25));
    other.take("rollouts", rollout(25));
    other.take("overrides", content({ ML_MODEL_ENABLED: "false", CROSS_DOCK_ENABLED: "true" }));
    expect(one.revision).toBe(other.revision);
    other.take("rollouts", rollout(50));
    expect(one.revision).not.toBe(other.revision);
  });
});
