import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Look, judgeLook } from "./look.ts";
import type { Observation, Verdict } from "./judge-gate.ts";
import { type Circumstances, type DecisionKind, lookIsDue, type Next, nextStatus } from "./next-status.ts";
import type { RolloutRequest } from "./request.ts";
import { type RolloutSpec, rolloutSchema } from "./rollout-spec.ts";
import { type RolloutStatus, readStatus, writeStatus } from "./rollout-status.ts";

const gate = { kind: "trigger", name: "memory", trigger: "memory" };
const specOf = (changes: object = {}): RolloutSpec =>
  rolloutSchema.parse({ flag: "ENABLE_HYBRID_FORECASTING", variant: "on", owner: "forecasting", interval: "1m", timeout: "10m", consecutiveFailures: 2, steps: [5, 25, 100].map((weight) => ({ weight, minimumDuration: "5m" })), gates: [gate], ...changes });

const values = (verdict: Verdict): Observation => (verdict === "error" ? { kind: "failed", message: "Prometheus does not answer" } : { kind: "values", query: "q", values: verdict === "no-data" ? [] : [verdict === "pass" ? 50 : 90] });
const lookOf = (verdict: Verdict, { gates } = specOf()): Look => judgeLook(gates.map((one) => ({ gate: one, observation: values(verdict) })));

/** A rollout that is led minute by minute. */
class Journey {
  minute = 0;
  status: RolloutStatus | undefined;
  readonly decisions: DecisionKind[] = [];
  spec: RolloutSpec;

  constructor(spec: RolloutSpec = specOf()) {
    this.spec = spec;
  }

  at(circumstances: Partial<Circumstances> = {}): RolloutStatus {
    const next: Next = nextStatus(this.status, { rollout: "hybrid", spec: this.spec, now: new Date(this.minute * 60_000), ...circumstances });
    // Through its text, as the cluster keeps it.
    this.status = readStatus(writeStatus(next.status));
    if (next.decision !== undefined) this.decisions.push(next.decision.kind);
    return next.status;
  }

  /** Minutes in which every look has this verdict. */
  looks(minutes: number, verdict: Verdict): RolloutStatus {
    for (let passed = 0; passed < minutes; passed += 1) {
      this.minute += 1;
      this.at({ look: lookOf(verdict, this.spec) });
    }
    return this.status as RolloutStatus;
  }

  /** Begins, and has every pod answer by the first step. */
  begun(): this {
    this.at();
    this.at();
    return this;
  }
}

const request = (action: RolloutRequest["action"], changes: Partial<RolloutRequest> = {}): RolloutRequest => ({ id: action, action, by: "ann", reason: "because", at: "2026-01-01T00:00:00.000Z", ...changes });

describe("a staged rollout", () => {
  it("goes up step by step while all gates pass, and is complete", () => {
    const journey = new Journey().begun();
    expect(journey.looks(4, "pass")).toMatchObject({ weight: 5, phase: "observing" });
    expect(journey.looks(1, "pass")).toMatchObject({ weight: 25, phase: "spreading", clock: null });
    journey.at();
    expect(journey.looks(5, "pass")).toMatchObject({ weight: 100 });
    journey.at();
    expect(journey.looks(5, "pass")).toMatchObject({ weight: 100, phase: "completed" });
    expect(journey.decisions).toEqual(["advance", "advance", "advance", "complete"]);
    expect(journey.status?.history.map(({ weight }) => weight)).toEqual([5, 25, 100, 100]);
  });

  it("waits for its window, and for another rollout that excludes it", () => {
    const journey = new Journey();
    expect(journey.at({ blocked: "Its window is shut." })).toMatchObject({ weight: 0, phase: "waiting", reason: "Its window is shut." });
    expect(journey.at()).toMatchObject({ weight: 5, phase: "spreading" });
  });

  it("starts a step's clock only when every live pod reports it", () => {
    const journey = new Journey();
    journey.at();
    journey.minute = 9;
    expect(journey.at({ missing: "api-1 answers by other flags." })).toMatchObject({ phase: "spreading", clock: null, reason: "api-1 answers by other flags." });
    expect(journey.at()).toMatchObject({ phase: "observing", clock: "1970-01-01T00:09:00.000Z" });
  });

  it("bears a failing look, and goes back after as many in a row as were agreed", () => {
    const journey = new Journey().begun();
    expect(journey.looks(1, "fail")).toMatchObject({ weight: 5, phase: "observing", failures: 1 });
    expect(journey.looks(1, "pass")).toMatchObject({ failures: 0 });
    expect(journey.looks(2, "fail")).toMatchObject({ weight: 0, phase: "returning", notice: { severity: "critical", title: "The rollout hybrid goes back from 5 % to 0" } });
    expect(journey.at({ missing: "worker-1 answers by other flags." })).toMatchObject({ phase: "returning" });
    expect(journey.at()).toMatchObject({ phase: "returned", weight: 0 });
    expect(journey.decisions).toEqual(["advance", "go-back"]);
  });

  it.each(["no-data", "error"] as const)("goes on counting failing looks over %s, which says nothing", (verdict) => {
    const journey = new Journey().begun();
    journey.looks(1, "fail");
    expect(journey.looks(2, verdict)).toMatchObject({ weight: 5, failures: 1 });
    expect(journey.looks(1, "fail")).toMatchObject({ weight: 0, phase: "returning" });
  });

  it("begins to count failing looks anew when nothing fails any more and only samples are missing", () => {
    const journey = new Journey(specOf({ gates: [gate, { kind: "paired-error", name: "accuracy" }] })).begun();
    const few = (memory: Verdict, minutes = 1) => {
      journey.minute += minutes;
      const [threshold, accuracy] = journey.spec.gates.map((one) => ({ gate: one }));
      if (threshold === undefined || accuracy === undefined) throw new Error("two gates were written down");
      return journey.at({ look: judgeLook([{ ...threshold, observation: values(memory) }, { ...accuracy, demand: { alpha: 0.05, needed: 200 }, observation: { kind: "pairs", query: "q", exposed: [1], control: [1] } }]) });
    };
    expect(few("fail")).toMatchObject({ failures: 1 });
    expect(few("pass")).toMatchObject({ failures: 0 });
    expect(few("fail")).toMatchObject({ weight: 5, failures: 1 });
    // After its time, too.
    expect(few("pass", 5)).toMatchObject({ failures: 0 });
    expect(few("fail")).toMatchObject({ weight: 5, failures: 1 });
  });

  it("goes back at once when a critical gate fails", () => {
    const journey = new Journey(specOf({ gates: [{ ...gate, critical: true }] })).begun();
    expect(journey.looks(1, "fail")).toMatchObject({ weight: 0, phase: "returning" });
  });

  it.each(["no-data", "error"] as const)("holds on %s, never advances, and goes back when its time is out", (verdict) => {
    const journey = new Journey().begun();
    expect(journey.looks(10, verdict)).toMatchObject({ weight: 5, phase: "observing" });
    // Nobody is exposed any more, so nothing is unjudged any more.
    expect(journey.looks(1, verdict)).toMatchObject({ weight: 0, phase: "returning", unjudgedSince: null, reason: expect.stringContaining("No verdict for 10m") });
    expect(journey.at()).toMatchObject({ phase: "returned", unjudgedSince: null });
  });

  it("goes on when the data come back in time", () => {
    const journey = new Journey().begun();
    journey.looks(9, "error");
    expect(journey.looks(1, "pass")).toMatchObject({ weight: 25, unjudgedSince: null });
  });

  it("lets a step collect samples for as long as it lasts, and waits no longer than the time-out after it", () => {
    const spec = specOf({ gates: [{ kind: "paired-error", name: "accuracy" }], steps: [{ weight: 5, minimumDuration: "30m" }, { weight: 100, minimumDuration: "5m" }] });
    const few = judgeLook(spec.gates.map((one) => ({ gate: one, demand: { alpha: 0.05, needed: 200 }, observation: { kind: "pairs", query: "q", exposed: [1], control: [1] } as const })));
    const journey = new Journey(spec).begun();
    const wait = (minutes: number) => {
      journey.minute += minutes;
      return journey.at({ look: few });
    };
    expect(wait(29)).toMatchObject({ phase: "observing", unjudgedSince: null });
    expect(wait(2)).toMatchObject({ phase: "observing", unjudgedSince: "1970-01-01T00:30:00.000Z" });
    expect(wait(10)).toMatchObject({ phase: "returning" });
  });

  it("holds where it is, for a person, when it was told to", () => {
    const journey = new Journey(specOf({ onFailure: "hold" })).begun();
    expect(journey.looks(2, "fail")).toMatchObject({ weight: 5, phase: "held", notice: { severity: "critical" } });
    expect(journey.looks(30, "pass")).toMatchObject({ weight: 5, phase: "held" });
    expect(journey.at({ request: request("resume") })).toMatchObject({ weight: 5, phase: "spreading", failures: 0 });
  });

  it("tells people once and looks on when it was told to, and does not advance while it fails", () => {
    const journey = new Journey(specOf({ onFailure: "notify" })).begun();
    const told = journey.looks(2, "fail").notice?.id;
    expect(told).toBeDefined();
    expect(journey.looks(20, "fail")).toMatchObject({ weight: 5, phase: "observing", notice: { id: told } });
    expect(journey.looks(1, "pass")).toMatchObject({ weight: 25 });
  });

  it("stays where it is while it is paused, and starts its step's clock again afterwards", () => {
    const journey = new Journey().begun();
    journey.looks(4, "pass");
    journey.spec = specOf({ paused: true });
    expect(journey.looks(60, "fail")).toMatchObject({ weight: 5, phase: "spreading", clock: null });
    journey.spec = specOf();
    journey.at();
    expect(journey.looks(4, "pass")).toMatchObject({ weight: 5 });
    expect(journey.looks(1, "pass")).toMatchObject({ weight: 25 });
  });

  it("stays where it is while its flag is overridden, does not begin and is not promoted, and starts its step's clock again afterwards", () => {
    const overridden = true;
    const unbegun = new Journey();
    expect(unbegun.at({ overridden })).toMatchObject({ weight: 0, phase: "waiting", reason: expect.stringMatching(/^ENABLE_HYBRID_FORECASTING is overridden/) });
    const journey = new Journey().begun();
    journey.minute = 5;
    expect(journey.at({ overridden, look: lookOf("pass") })).toMatchObject({ weight: 5, phase: "spreading", clock: null, unjudgedSince: null });
    expect(journey.at({ overridden, request: request("promote", { step: 1 }) })).toMatchObject({ step: 1, handledRequest: "promote", history: expect.arrayContaining([expect.objectContaining({ what: "not promoted, although asked by ann: because" })]) });
    journey.minute = 500;
    expect(journey.at({ overridden, missing: "somebody" })).toMatchObject({ weight: 5, phase: "spreading", unjudgedSince: null });
    journey.at();
    expect(journey.looks(4, "pass")).toMatchObject({ weight: 5 });
    expect(journey.looks(1, "pass")).toMatchObject({ weight: 25 });
  });

  it("is taken back by a person though its flag is overridden", () => {
    expect(new Journey().begun().at({ overridden: true, request: request("abort") })).toMatchObject({ weight: 0, phase: "returning" });
  });

  it("is promoted by a person once, and not when the step has changed meanwhile", () => {
    const journey = new Journey().begun();
    const asked = { request: request("promote", { step: 1 }) };
    expect(journey.at(asked)).toMatchObject({ weight: 25, step: 2, history: expect.arrayContaining([expect.objectContaining({ what: "step 2, because promoted by ann: because" })]) });
    expect(journey.at(asked)).toMatchObject({ step: 2 });
    expect(journey.at({ request: request("promote", { id: "late", step: 1 }) })).toMatchObject({ step: 2 });
  });

  it("is aborted by a person at any time, even paused or complete", () => {
    for (const spec of [specOf(), specOf({ paused: true })]) {
      const journey = new Journey().begun();
      journey.spec = spec;
      expect(journey.at({ request: request("abort") })).toMatchObject({ weight: 0, phase: "returning", notice: { severity: "warning" } });
    }
  });

  it("begins anew for another variant, and never exposes more for a changed plan than it has earned", () => {
    const journey = new Journey().begun();
    journey.looks(5, "pass");
    journey.spec = specOf({ steps: [{ weight: 10, minimumDuration: "5m" }, { weight: 50, minimumDuration: "5m" }, { weight: 100, minimumDuration: "5m" }] });
    expect(journey.at({ missing: "somebody" })).toMatchObject({ weight: 10, step: 1, phase: "spreading" });
    journey.spec = specOf({ variant: "off" });
    expect(journey.at({ blocked: "not now" })).toMatchObject({ weight: 0, step: 0, phase: "waiting" });
  });

  it("does not carry a request out again when its changed plan makes it begin anew", () => {
    const journey = new Journey().begun();
    journey.at({ request: request("pause") });
    journey.spec = specOf({ steps: [{ weight: 50, minimumDuration: "5m" }, { weight: 100, minimumDuration: "5m" }] });
    expect(journey.at({ request: request("pause"), blocked: "not now" })).toMatchObject({ weight: 0, phase: "waiting", history: [] });
  });

  it("is looked at once an interval, from the moment that its clock starts", () => {
    const journey = new Journey().begun();
    const due = (seconds: number) => lookIsDue(journey.status as RolloutStatus, journey.spec, new Date(seconds * 1_000));
    expect([due(59), due(60)]).toEqual([false, true]);
    journey.looks(1, "pass");
    expect([due(119), due(120)]).toEqual([false, true]);
  });

  it("exposes more only after a look that passed or by a person, whatever happens in whatever order", () => {
    const event = fc.record({
      verdict: fc.constantFrom<Verdict | undefined>("pass", "fail", "no-data", "error", undefined),
      missing: fc.boolean(),
      paused: fc.boolean(),
      overridden: fc.boolean(),
      action: fc.constantFrom<RolloutRequest["action"] | undefined>(undefined, undefined, undefined, undefined, "resume", "promote", "abort"),
      minutes: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const journey = new Journey();
        for (const [index, { verdict, missing, paused, overridden, action, minutes }] of events.entries()) {
          journey.minute += minutes;
          journey.spec = specOf({ paused });
          const before = journey.status;
          const asked = action === undefined ? undefined : request(action, { id: `r${index}`, step: before?.step ?? 0 });
          const given = { overridden, missing: missing ? "somebody" : undefined, look: verdict === undefined ? undefined : lookOf(verdict), request: asked };
          const after = journey.at(given);
          const [from, to] = [before?.step ?? 0, after.step];
          expect([from, from + 1]).toContain(to);
          if (to > from) expect({ paused, overridden }).toEqual({ paused: false, overridden: false });
          if (to > from && from > 0 && action !== "promote") expect({ verdict, missing: before?.phase }).toEqual({ verdict: "pass", missing: "observing" });
          expect([0, journey.spec.steps[to - 1]?.weight]).toContain(after.weight);
          if (before?.phase === "returned") expect(after.weight).toBe(0);
          // Whoever takes over after a crash before the write makes the same of it.
          const again = nextStatus(before, { rollout: "hybrid", spec: journey.spec, now: new Date(journey.minute * 60_000), ...given });
          expect(again.status).toEqual(after);
        }
      }),
      { numRuns: 100 },
    );
  });
});
