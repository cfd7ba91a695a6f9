import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { DecisionRecord } from "@forecast-stack/rollouts/decision-record.ts";
import { judgeLook } from "@forecast-stack/rollouts/look.ts";
import { gateSchema } from "@forecast-stack/rollouts/rollout-spec.ts";
import { drawRecord } from "./print-rollouts.ts";
import { differenceOfReplay, recordFromFile } from "./rollout-records.ts";

const gate = gateSchema.parse({ kind: "rate", name: "refused", baseline: 0.1, exposed: { bad: "bad_exposed", all: "all_exposed" }, control: { bad: "bad_control", all: "all_control" } });
const { verdict, gates } = judgeLook([{ gate, demand: { alpha: 0.0125, needed: 60 }, observation: { kind: "proportions", queries: { exposed: { bad: "bad_exposed", all: "all_exposed" }, control: { bad: "bad_control", all: "all_control" } }, exposed: { bad: 40, all: 60 }, control: { bad: 6, all: 61 } } }]);
const record: DecisionRecord = { rollout: "hybrid", flag: "ENABLE_HYBRID_FORECASTING", variant: "on", number: 2, decision: "go-back", why: "a gate failed", at: "2026-01-02T03:04:05.678Z", step: 1, weight: 5, window: { from: "2026-01-02T03:00:00.000Z", to: "2026-01-02T03:04:05.678Z" }, look: { verdict, gates } };

describe("a record of a rollout", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "records-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const saved = async (value: unknown): Promise<string> => {
    const file = join(folder, "record.json");
    await writeFile(file, typeof value === "string" ? value : JSON.stringify(value));
    return file;
  };

  it("is shown with its window, and of each gate the queries, samples, test, p-value and threshold", () => {
    const shown = drawRecord(record);
    expect(shown).toContain("window 2026-01-02T03:00:00.000Z to 2026-01-02T03:04:05.678Z");
    expect(shown).toContain("samples    60 exposed, 61 control; 60 a side needed");
    expect(shown).toMatch(/test {7}two proportions, statistic \d[\d.]+, p [\d.]+e-\d+, effect 0\.\d+/);
    expect(shown).toContain('threshold  {"alpha":0.0125,"effect":0.01');
    for (const query of ["bad_exposed", "all_exposed", "bad_control", "all_control"]) expect(shown).toContain(query);
  });

  it.each<[what: string, value: unknown]>([
    ["what is no JSON", "flag: on"],
    ["JSON of something else", { rollout: "hybrid" }],
    ["a record without its look", { ...record, look: undefined }],
    ["a record whose gates were not judged", { ...record, look: { verdict, gates: [{ gate }] } }],
  ])("is told from %s in one sentence", async (_what, value) => {
    const file = await saved(value);
    await expect(recordFromFile(file)).rejects.toThrow(`${file} is not a record of a rollout`);
  });

  it("from which what was seen is missing cannot be judged again, and that is said in one sentence", async () => {
    const kept = await recordFromFile(await saved({ ...record, look: { verdict, gates: gates.map((one) => ({ ...one, observation: { kind: "proportions" } })) } }));
    expect(() => differenceOfReplay(kept)).toThrow("The record of hybrid cannot be judged again: something that was seen is missing in it.");
  });
});
