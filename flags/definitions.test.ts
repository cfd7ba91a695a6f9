import { describe, expect, it } from "@jest/globals";
import { definitions } from "./definitions.ts";
import { environments, type FlagDefinition, parseFlagDefinitions } from "./flag-definition.ts";
import { flagdDocument } from "./flagd-document.ts";

const documented = [
  "STREAMING_BATCH_DELAY_MS",
  "ENABLE_PREDICTIVE_PREFETCH",
  "PREFETCH_MORNING_PEAK_HOUR",
  "PREFETCH_AFTERNOON_PEAK_HOUR",
  "PREFETCH_LEAD_TIME_MINUTES",
  "PREFETCH_TOP_N_QUERIES",
  "PREFETCH_INCLUDE_RECENT",
  "ENABLE_HYBRID_FORECASTING",
  "INTERMITTENT_DEMAND_ZERO_RATIO_THRESHOLD",
  "INTERMITTENT_DEMAND_CV_SQUARED_THRESHOLD",
  "BIN_OPTIMIZATION_ALGORITHM",
  "SKU_AFFINITY_ENABLED",
  "CROSS_DOCK_ENABLED",
  "ML_MODEL_ENABLED",
  "DATA_QUALITY_MONITORING_ENABLED",
  "STATISTICAL_ANALYSIS_ENABLED",
];

const flag: FlagDefinition = {
  type: "number",
  variants: { "delay-300": 300 },
  minimum: 0,
  maximum: 1000,
  default: { dev: "delay-300", staging: "delay-300", production: "delay-300" },
  safe: "delay-300",
  targetingKey: "process",
  owner: "forecasting",
  description: "A delay that exists for this test alone",
  expires: "2027-06-30",
};

describe("flag definitions", () => {
  it("include every documented flag", () => {
    expect(Object.keys(definitions)).toEqual(expect.arrayContaining(documented));
  });

  it("are all complete and consistent", () => {
    expect(Object.keys(parseFlagDefinitions(definitions))).toEqual(Object.keys(definitions));
  });

  it("keep what has not been proven out of production", () => {
    expect(definitions.ENABLE_HYBRID_FORECASTING.default.production).toBe("off");
    expect(definitions.STREAMING_BATCH_DELAY_MS.default.production).toBe("delay-500");
  });

  it.each([
    ["a default that is no variant", { ...flag, default: { ...flag.default, production: "delay-1" } }, "there is no variant delay-1"],
    ["a value outside its bounds", { ...flag, variants: { "delay-300": 300, "delay-2000": 2000 } }, "must lie between 0 and 1000"],
    ["a value of another type", { ...flag, variants: { "delay-300": "300" } }, "expected number"],
    ["a missing environment", { ...flag, default: { dev: "delay-300", staging: "delay-300" } }, "production"],
    ["an expiry that is no date", { ...flag, expires: "soon" }, "expires"],
    ["an unknown field", { ...flag, enabled: true }, "enabled"],
  ])("refuse %s", (_case, wrong, message) => {
    expect(() => parseFlagDefinitions({ BATCH_DELAY_MS: wrong })).toThrow(message);
  });

  it("refuse a name that is no variable name", () => {
    expect(() => parseFlagDefinitions({ "batch-delay": flag })).toThrow("batch-delay");
  });
});

describe("flagd document", () => {
  it.each(environments)("gives %s its own defaults, each a variant of the flag", (environment) => {
    const { flags } = flagdDocument(definitions, environment);
    expect(Object.keys(flags)).toEqual(Object.keys(definitions));
    for (const { variants, defaultVariant } of Object.values(flags)) expect(Object.keys(variants)).toContain(defaultVariant);
  });

  it("says in its metadata who answers for a flag and until when", () => {
    expect(flagdDocument(definitions, "dev").flags["STREAMING_BATCH_DELAY_MS"]).toEqual({
      state: "ENABLED",
      variants: { "delay-500": 500, "delay-300": 300 },
      defaultVariant: "delay-300",
      metadata: expect.objectContaining({ type: "number", owner: "forecasting", expires: "2027-06-30", safeVariant: "delay-500", minimum: 0 }),
    });
  });

  it("refuses to write wrong definitions", () => {
    expect(() => flagdDocument({ X: { ...flag, safe: "gone" } }, "dev")).toThrow("there is no variant gone");
  });
});
