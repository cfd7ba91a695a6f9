import { describe, expect, it } from "@jest/globals";
import { type Demand, judgeGate, type Observation } from "./judge-gate.ts";
import { gateSchema } from "./rollout-spec.ts";

const rate = gateSchema.parse({ kind: "rate", name: "refused", baseline: 0.1, exposed: { bad: "up", all: "up" }, control: { bad: "up", all: "up" } });
const accuracy = gateSchema.parse({ kind: "paired-error", name: "accuracy" });
const demand: Demand = { alpha: 0.0125, needed: 60 };
const proportions = (exposed: readonly [bad: number, all: number], control: readonly [bad: number, all: number]): Observation => {
  const side = ([bad, all]: readonly [number, number]) => ({ bad, all });
  return { kind: "proportions", queries: { exposed: { bad: "b", all: "a" }, control: { bad: "b", all: "a" } }, exposed: side(exposed), control: side(control) };
};
const pairs = (error: number): Observation => ({ kind: "pairs", query: "q", exposed: Array.from({ length: 60 }, () => error), control: Array.from({ length: 60 }, () => 1) });

describe("a comparison", () => {
  it.each<[what: string, verdict: string, observation: Observation]>([
    ["shares that are alike", "pass", proportions([6, 60], [6, 60])],
    ["a share that is far worse", "fail", proportions([40, 60], [6, 60])],
    ["too few samples", "no-data", proportions([0, 59], [0, 60])],
    ["more that is bad than there is", "error", proportions([90, 60], [6, 60])],
    ["more that is bad than there is on the other side, which would hide anything", "error", proportions([6, 60], [90, 60])],
    ["what is bad that is no number", "error", proportions([Number.NaN, 60], [6, 60])],
    ["less than nothing that is bad", "error", proportions([-1, 60], [6, 60])],
    ["samples that are no number", "error", proportions([0, Number.NaN], [0, 60])],
    ["values too large to be compared", "error", pairs(Number.MAX_VALUE)],
  ])("of %s is judged %s", (_what, verdict, observation) => {
    expect(judgeGate(observation.kind === "pairs" ? accuracy : rate, observation, demand).verdict).toBe(verdict);
  });

  it("that is held to no number of samples never passes", () => {
    expect(judgeGate(rate, proportions([6, 60], [6, 60]), { ...demand, needed: Number.NaN }).verdict).toBe("no-data");
  });
});
