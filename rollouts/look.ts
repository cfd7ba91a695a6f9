import { milliseconds } from "./duration.ts";
import { type Demand, demandOf, hasControl, isComparison, judgeGate, type Judgement, mustOf, type Observation, type Verdict } from "./judge-gate.ts";
import type { Gate, RolloutSpec, Step } from "./rollout-spec.ts";

/** A step that is observed: since its clock, until now. */
export interface ObservedStep {
  readonly spec: RolloutSpec;
  readonly step: Step;
  readonly since: Date;
  readonly now: Date;
}

/** What is asked of one gate at one look. */
export interface Question {
  readonly gate: Gate;
  readonly demand?: Demand;
}

/** What was seen of one gate, not yet judged. */
export interface GateSight extends Question {
  readonly observation: Observation;
}

/** One gate at one look: what it asks for, what was seen, and the verdict. */
export interface GateLook extends GateSight {
  readonly judgement: Judgement;
}

/** All gates of a step at one moment. */
export interface Look {
  readonly verdict: Verdict;
  /** True: nothing is wrong but that there are too few samples yet. */
  readonly collecting: boolean;
  /** True: a critical gate failed. */
  readonly critical: boolean;
  readonly gates: readonly GateLook[];
}

/** Everything that is asked at a look: comparisons where there is somebody to compare with, and how many samples there are where something counts them. */
export function questionsOf({ spec, step, since, now }: ObservedStep): Question[] {
  const lasted = now.getTime() - since.getTime() >= milliseconds(step.minimumDuration);
  const gates = spec.gates.filter((gate) => !isComparison(gate) || hasControl(spec, step));
  const asked = gates.map((gate): Question => {
    const demand = demandOf(spec, gate, step);
    return { gate: withLimit(gate), ...(demand === undefined ? {} : { demand: lasted ? demand : { ...demand, waits: true } }) };
  });
  return spec.samples === undefined ? asked : [...asked, { gate: sampleGate(spec.samples, step), demand: { alpha: 1, needed: step.minimumSamples } }];
}

/** A trigger with the limit that it has today: a record is judged by that also when the ready-made one has changed. */
function withLimit(gate: Gate): Gate {
  return gate.kind === "trigger" ? { ...gate, must: mustOf(gate) } : gate;
}

/** The count of a step's samples, as a gate beside the others. */
function sampleGate(samples: string, { minimumSamples }: Step): Gate {
  return { kind: "threshold", name: "samples", critical: false, query: samples, must: `>= ${minimumSamples}` };
}

/** Judges every gate, and all of them together: fail before error before no data before pass. Where no gate can be judged there is no data. */
export function judgeLook(sights: readonly GateSight[]): Look {
  const gates = sights.map((sight): GateLook => ({ ...sight, judgement: judgeGate(sight.gate, sight.observation, sight.demand) }));
  const verdict = (["fail", "error", "no-data"] as const).find((worst) => gates.some(({ judgement }) => judgement.verdict === worst)) ?? (gates.length === 0 ? "no-data" : "pass");
  return {
    verdict,
    collecting: verdict === "no-data" && gates.length > 0 && gates.every(({ judgement }) => judgement.verdict !== "no-data" || judgement.collecting === true),
    critical: gates.some(({ gate, judgement }) => gate.critical && judgement.verdict === "fail"),
    gates,
  };
}

/** The sentence of a look: what stands against advancing, or that nothing does. */
export function spellLook({ gates }: Look): string {
  if (gates.length === 0) return "No gate can be judged.";
  const against = gates.filter(({ judgement }) => judgement.verdict !== "pass");
  return against.length === 0 ? "All gates pass." : `${against.map(({ gate, judgement }) => `${gate.name}: ${judgement.statement}`).join("; ")}.`;
}
