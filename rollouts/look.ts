import { type Demand, judgeGate, type Judgement, type Observation, type Verdict } from "./judge-gate.ts";
import type { Gate, Step } from "./rollout-spec.ts";

/** One gate at one look: what it asks for, what was seen, and the verdict. */
export interface GateLook {
  readonly gate: Gate;
  readonly demand?: Demand;
  readonly observation: Observation;
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

/** What was seen of one gate, not yet judged. */
export type GateSight = Omit<GateLook, "judgement">;

/** Judges every gate, and all of them together: fail before error before no data before pass. */
export function judgeLook(sights: readonly GateSight[]): Look {
  const gates = sights.map((sight): GateLook => ({ ...sight, judgement: judgeGate(sight.gate, sight.observation, sight.demand) }));
  const verdict = (["fail", "error", "no-data"] as const).find((worst) => gates.some(({ judgement }) => judgement.verdict === worst)) ?? "pass";
  return {
    verdict,
    collecting: verdict === "no-data" && gates.every(({ judgement }) => judgement.verdict !== "no-data" || judgement.collecting === true),
    critical: gates.some(({ gate, judgement }) => gate.critical && judgement.verdict === "fail"),
    gates,
  };
}

/** The count of a step's samples, as a gate beside the others. */
export function sampleGate(samples: string, { minimumSamples }: Step): Gate {
  return { kind: "threshold", name: "samples", critical: false, query: samples, must: `>= ${minimumSamples}` };
}

/** The sentence of a look: what stands against advancing, or that nothing does. */
export function spellLook({ gates }: Look): string {
  const against = gates.filter(({ judgement }) => judgement.verdict !== "pass");
  return against.length === 0 ? "All gates pass." : `${against.map(({ gate, judgement }) => `${gate.name}: ${judgement.statement}`).join("; ")}.`;
}
