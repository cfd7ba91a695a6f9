import { describe, expect, it } from "@jest/globals";
import { requestAnnotation, readRequest } from "@forecast-stack/rollouts/request.ts";
import { freshStatus, type RolloutStatus, writeStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { abortPatch, pausePatch, promotePatch, startPatch } from "./rollout-change.ts";
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
/** A map in which bob asked for an abort. */
const waiting = (map: ReturnType<typeof mapOf>) => ({ ...map, annotations: { [requestAnnotation("hybrid")]: JSON.stringify({ by: "bob", id: "1", action: "abort", reason: "complaints", at: now.toISOString() }) } });
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
    const { metadata, data } = promotePatch(mapOf("hybrid", { phase: "observing", step: 2 }), "hybrid", asking);
    expect(data).toEqual({});
    expect(readRequest(metadata.annotations as Record<string, string>, "hybrid")).toMatchObject({ action: "promote", step: 2 });
  });

  it("writes the name of who asks first, where the API server vouches for it", () => {
    const { metadata } = abortPatch(mapOf("hybrid", {}), "hybrid", asking);
    expect(metadata.annotations[requestAnnotation("hybrid")]).toMatch(/^\{"by":"ann",/);
  });

  it("never takes the place of a request that the controller has not carried out, unless it is an abort", () => {
    const map = waiting(mapOf("hybrid", { phase: "observing", step: 1 }));
    const sentence = "The controller has not carried out yet what bob asked of hybrid at 2026-01-02T03:04:05.000Z (abort)";
    expect(() => pausePatch(map, "hybrid", true, asking)).toThrow(sentence);
    expect(() => promotePatch(map, "hybrid", asking)).toThrow(sentence);
    expect(readRequest(abortPatch(map, "hybrid", asking).metadata.annotations as Record<string, string>, "hybrid")).toMatchObject({ action: "abort", by: "ann" });
    expect(pausePatch(waiting(mapOf("hybrid", { phase: "observing", handledRequest: "1" })), "hybrid", true, asking).data["hybrid"]).toContain("paused: true");
  });

  it("says how one that cannot be read is taken back, since the controller leads it no more", () => {
    expect(() => abortPatch(mapOf("hybrid", { phase: "observing" }, text.replace("minimumDuration", "duration")), "hybrid", asking)).toThrow(/^The controller cannot abort hybrid, because it cannot be read \(hybrid, line 5.*forecastctl flags set ENABLE_HYBRID_FORECASTING VALUE --reason 'why'.*kubectl -n NAMESPACE patch configmap feature-flag-rollouts -p '\{"data":\{"hybrid":null\}\}'\.$/);
  });

  it.each<[what: string, act: () => unknown, sentence: string]>([
    ["to pause one twice", () => pausePatch(mapOf("hybrid", {}, `${text}paused: true\n`), "hybrid", true, asking), "The rollout hybrid is paused already."],
    ["to resume one that goes on", () => pausePatch(mapOf("hybrid", { phase: "observing" }), "hybrid", false, asking), "The rollout hybrid is neither paused nor held."],
    ["to promote one that has ended", () => promotePatch(mapOf("hybrid", { phase: "returned" }), "hybrid", asking), "The rollout hybrid is returned: there is no step to promote."],
    ["to promote one that is paused", () => promotePatch(mapOf("hybrid", { phase: "observing" }, `${text}paused: true\n`), "hybrid", asking), "The rollout hybrid is paused: resume it first."],
    ["anything of one that does not exist", () => abortPatch(mapOf("hybrid", {}), "hybird", asking), "There is no rollout hybird; there is hybrid."],
  ])("refuses %s", (_what, act, sentence) => {
    expect(act).toThrow(sentence);
  });
});
