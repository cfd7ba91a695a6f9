import { describe, expect, it } from "@jest/globals";
import { requestAnnotation, readRequest } from "@forecast-stack/rollouts/request.ts";
import { freshStatus, type RolloutStatus, writeStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { pausePatch, requestPatch, startPatch } from "./rollout-change.ts";
import { specOf } from "./rollout-file.ts";

const text = `# Kept.
flag: ENABLE_HYBRID_FORECASTING
variant: on
owner: forecasting
steps: [{ weight: 100, minimumDuration: 1d }]
gates: [{ kind: trigger, name: memory, trigger: memory }]
`;
const now = new Date("2026-01-02T03:04:05.000Z");
const asking = { by: "ann", reason: "because", now };
const file = (name: string) => ({ name, text, spec: specOf(name, text) });
const mapOf = (name: string, status: Partial<RolloutStatus>, yaml = text) => ({ annotations: {}, data: { [name]: yaml, [`${name}.status`]: writeStatus({ ...freshStatus("spec", now), ...status }) } });

describe("starting a rollout", () => {
  it("writes its text as it is, without a status of an earlier life, and who asked for it and why", () => {
    const { data, metadata } = startPatch({ data: {}, annotations: {} }, file("hybrid"), asking);
    expect(data).toEqual({ hybrid: text, "hybrid.status": null });
    expect(JSON.parse(metadata.annotations[requestAnnotation("hybrid")] ?? "")).toMatchObject({ action: "start", by: "ann", reason: "because", at: now.toISOString() });
  });

  it("is refused while another rollout of the flag, or one of its name, is under way", () => {
    for (const name of ["other", "hybrid"]) expect(() => startPatch(mapOf(name, { phase: "observing", weight: 25 }), file("hybrid"), asking)).toThrow(`The rollout ${name} stages ENABLE_HYBRID_FORECASTING already (observing at 25 %). Abort it first`);
  });

  it("takes the place of one that has ended, in the same write", () => {
    expect(startPatch(mapOf("outliers", { phase: "completed", weight: 100 }), file("hybrid"), asking)).toMatchObject({ data: { outliers: null, "outliers.status": null, hybrid: text }, metadata: { annotations: { [requestAnnotation("outliers")]: null } } });
  });
});

describe("steering a rollout", () => {
  it("pauses by its YAML, comments kept, and resumes without a trace", () => {
    const map = mapOf("hybrid", { phase: "observing" });
    const paused = String(pausePatch(map, "hybrid", true, asking).data["hybrid"]);
    expect(paused).toContain("# Kept.");
    expect(specOf("hybrid", paused)).toEqual({ ...specOf("hybrid", text), paused: true });
    const resumed = String(pausePatch(mapOf("hybrid", { phase: "observing" }, paused), "hybrid", false, asking).data["hybrid"]);
    expect(resumed).toContain("# Kept.");
    expect(resumed).not.toContain("paused");
  });

  it("tells the controller which step is to be promoted", () => {
    const { metadata, data } = requestPatch(mapOf("hybrid", { phase: "observing", step: 2 }), "hybrid", "promote", asking);
    expect(data).toEqual({});
    expect(readRequest(metadata.annotations as Record<string, string>, "hybrid")).toMatchObject({ action: "promote", step: 2 });
  });

  it.each<[what: string, act: () => unknown, sentence: string]>([
    ["to pause one twice", () => pausePatch(mapOf("hybrid", {}, `${text}paused: true\n`), "hybrid", true, asking), "The rollout hybrid is paused already."],
    ["to resume one that goes on", () => pausePatch(mapOf("hybrid", { phase: "observing" }), "hybrid", false, asking), "The rollout hybrid is neither paused nor held."],
    ["to promote one that has ended", () => requestPatch(mapOf("hybrid", { phase: "returned" }), "hybrid", "promote", asking), "The rollout hybrid is returned: there is no step to promote."],
    ["to promote one that is paused", () => requestPatch(mapOf("hybrid", { phase: "observing" }, `${text}paused: true\n`), "hybrid", "promote", asking), "The rollout hybrid is paused: resume it first."],
    ["anything of one that does not exist", () => requestPatch(mapOf("hybrid", {}), "hybird", "abort", asking), "There is no rollout hybird; there is hybrid."],
  ])("refuses %s", (_what, act, sentence) => {
    expect(act).toThrow(sentence);
  });
});
