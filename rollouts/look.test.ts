import { describe, expect, it } from "@jest/globals";
import { judgeLook, type Look, questionsOf } from "./look.ts";
import type { Observation } from "./judge-gate.ts";
import { type RolloutSpec, rolloutSchema } from "./rollout-spec.ts";

const accuracy = { kind: "paired-error", name: "accuracy" };
const memory = { kind: "trigger", name: "memory", trigger: "memory" };
const specOf = (changes: object): RolloutSpec => rolloutSchema.parse({ flag: "ENABLE_HYBRID_FORECASTING", variant: "on", owner: "forecasting", steps: [{ weight: 50, minimumDuration: "1h" }, { weight: 100, minimumDuration: "1h" }], gates: [accuracy, memory], ...changes });

/** A look so many minutes into a step; what is compared is twice as bad. */
function lookAt(spec: RolloutSpec, minutes: number, values: readonly (number | string)[] = [50], index = 0): Look {
  const step = spec.steps[index];
  if (step === undefined) throw new Error("there is no such step");
  const control = Array.from({ length: 400 }, (_, item) => 1 + (item % 7));
  const pairs: Observation = { kind: "pairs", query: "q", exposed: control.map((error, item) => error * (2 + (item % 3) / 10)), control };
  const questions = questionsOf({ spec, step, since: new Date(0), now: new Date(minutes * 60_000) });
  return judgeLook(questions.map((question) => ({ ...question, observation: question.gate.kind === "paired-error" ? pairs : { kind: "values", query: "q", values } })));
}
const verdicts = ({ gates }: Look) => Object.fromEntries(gates.map(({ gate, judgement }) => [gate.name, judgement.verdict]));

describe("a look at the gates of a step", () => {
  it("compares nothing before the step has lasted, however many samples there are, and holds limits all the time", () => {
    const early = lookAt(specOf({}), 59);
    expect(early).toMatchObject({ verdict: "no-data", collecting: true });
    expect(early.gates[0]?.judgement.statement).toBe("400 exposed and 400 control samples, as many as it needs; they are compared when the step has lasted");
    expect(verdicts(lookAt(specOf({}), 59, [90]))).toEqual({ accuracy: "no-data", memory: "fail" });
    expect(verdicts(lookAt(specOf({}), 60))).toEqual({ accuracy: "fail", memory: "pass" });
  });

  it("compares nothing where nobody is left to compare with", () => {
    expect(verdicts(lookAt(specOf({}), 60, [50], 1))).toEqual({ memory: "pass" });
  });

  it("says that there are no data where no gate can be judged", () => {
    expect(lookAt(specOf({ gates: [accuracy] }), 60, [], 1)).toMatchObject({ verdict: "no-data", collecting: false, gates: [] });
  });

  it("writes a trigger's limit down, so that another one tomorrow does not change what is judged again", () => {
    expect(lookAt(specOf({}), 60).gates[1]?.gate).toMatchObject({ trigger: "memory", must: "<= 70" });
    expect(lookAt(specOf({ gates: [{ ...memory, must: "< 62" }] }), 60).gates[0]?.gate).toMatchObject({ must: "< 62" });
  });
});

describe("the count of a step's samples", () => {
  const spec = specOf({ samples: "sum(increase(forecast_runs_total[$window]))", steps: [{ weight: 100, minimumDuration: "1h", minimumSamples: 3 }], gates: [memory] });
  const counted = (values: readonly (number | string)[]) => lookAt(spec, 60, values);

  it.each<[values: readonly (number | string)[], statement: string]>([
    [[0], "0 of 3 samples"],
    [[1, 1.4], "2 of 3 samples"],
    [[], "0 of 3 samples"],
  ])("of %j is too small, which is no failure", (values, statement) => {
    expect(counted(values).gates[1]).toMatchObject({ gate: { name: "samples" }, judgement: { verdict: "no-data", collecting: true, statement } });
  });

  it("is enough when PromQL's estimate of it is", () => {
    expect(counted([2.99])).toMatchObject({ verdict: "pass" });
  });

  it("that has no value is not waited for as if it grew", () => {
    for (const value of ["NaN", "Infinity"]) expect(counted([3, value]).gates[1]?.judgement).toEqual({ verdict: "no-data", statement: "the query has no value", threshold: { must: ">= 3" } });
  });
});
