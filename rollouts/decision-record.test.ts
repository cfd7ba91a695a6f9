import { expect, it } from "@jest/globals";
import { type DecisionRecord, recordKey, replayRecord, writeRecord } from "./decision-record.ts";
import { judgeLook, questionsOf } from "./look.ts";
import { gateSchema, rolloutSchema } from "./rollout-spec.ts";
import { triggers } from "./triggers.ts";

const accuracy = gateSchema.parse({ kind: "paired-error", name: "accuracy" });
const memory = gateSchema.parse({ kind: "trigger", name: "memory", trigger: "memory" });
const control = Array.from({ length: 60 }, (_, item) => 10 + (item % 7));
const { verdict, gates } = judgeLook([
  { gate: accuracy, demand: { alpha: 0.0125, needed: 50 }, observation: { kind: "pairs", query: "pairs", exposed: control.map((error, item) => error * (1.2 + (item % 3) / 100)), control } },
  { gate: memory, observation: { kind: "values", query: "memory", values: [51.25] } },
]);
const record: DecisionRecord = { rollout: "hybrid", flag: "ENABLE_HYBRID_FORECASTING", variant: "on", number: 2, decision: "go-back", why: "a gate failed", at: "2026-01-02T03:04:05.678Z", step: 1, weight: 5, window: { from: "2026-01-02T03:00:00.000Z", to: "2026-01-02T03:04:05.678Z" }, look: { verdict, gates } };

it("a record is judged again from itself to the same bytes", () => {
  const bytes = writeRecord(record);
  expect(record.look?.verdict).toBe("fail");
  expect(replayRecord(JSON.parse(bytes) as DecisionRecord)).toBe(bytes);
});

it.each([
  ["NaN", "no-data"],
  ["Infinity", "fail"],
])("a value of %s, for which JSON has no number, is judged %s each time", (value, judged) => {
  const { verdict, gates } = judgeLook([{ gate: memory, observation: { kind: "values", query: "memory", values: [value] } }]);
  const bytes = writeRecord({ ...record, look: { verdict, gates } });
  expect(verdict).toBe(judged);
  expect(replayRecord(JSON.parse(bytes) as DecisionRecord)).toBe(bytes);
});

it("a record that somebody changed is not", () => {
  const bytes = writeRecord(record).replace('"verdict": "fail"', '"verdict": "pass"');
  expect(replayRecord(JSON.parse(bytes) as DecisionRecord)).not.toBe(bytes);
});

it("a record is judged by the limits of its time, and when samples are still missing, too", () => {
  const spec = rolloutSchema.parse({ flag: "ENABLE_HYBRID_FORECASTING", variant: "on", owner: "forecasting", steps: [{ weight: 50, minimumDuration: "1h", minimumSamples: 3 }], samples: "up", gates: [accuracy, { kind: "trigger", name: "memory", trigger: "memory" }] });
  const [step] = spec.steps;
  if (step === undefined) throw new Error("there is no step");
  const questions = questionsOf({ spec, step, since: new Date(0), now: new Date(60_000) });
  const { verdict, gates } = judgeLook(questions.map((question) => ({ ...question, observation: question.gate.kind === "paired-error" ? { kind: "pairs", query: "pairs", exposed: control, control } : { kind: "values", query: "q", values: [2] } })));
  const bytes = writeRecord({ ...record, look: { verdict, gates } });
  expect(gates.map(({ judgement }) => judgement.verdict)).toEqual(["no-data", "pass", "no-data"]);
  const today = triggers.memory;
  try {
    Object.assign(triggers, { memory: { ...today, must: "<= 1" } });
    expect(replayRecord(JSON.parse(bytes) as DecisionRecord)).toBe(bytes);
  } finally {
    Object.assign(triggers, { memory: today });
  }
});

it("the records of a rollout that is started again do not replace those of its first life", () => {
  expect(recordKey({ rollout: "hybrid", startedAt: "2026-01-02T03:04:05.678Z", number: 2 })).toBe("hybrid.20260102T030405Z.2");
});
