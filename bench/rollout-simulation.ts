import { demandOf, isComparison, type Observation } from "../rollouts/judge-gate.ts";
import { type GateSight, judgeLook, questionsOf } from "../rollouts/look.ts";
import { lookIsDue, nextStatus } from "../rollouts/next-status.ts";
import { type RolloutSpec, rolloutSchema } from "../rollouts/rollout-spec.ts";
import type { RolloutStatus } from "../rollouts/rollout-status.ts";

/** The kinds of comparison that are simulated. */
export const kinds = ["paired-error", "distribution", "rate"] as const;
export type Kind = (typeof kinds)[number];

/** What became of many rollouts. */
export interface Simulated {
  readonly rollouts: number;
  /** Of them taken back. */
  readonly takenBack: number;
  /** Samples a side that lint asks for. */
  readonly samples: number;
}

/** Border of each class, growing by a tenth, as fine as a histogram would be. */
const borders = Array.from({ length: 60 }, (_, index) => 0.05 * 1.1 ** index);

const gates: Readonly<Record<Kind, object>> = {
  "paired-error": { kind: "paired-error", name: "gate" },
  distribution: { kind: "distribution", name: "gate", exposed: "up", control: "up" },
  rate: { kind: "rate", name: "gate", baseline: 0.1, exposed: { bad: "up", all: "up" }, control: { bad: "up", all: "up" } },
};

/** Looks of a step until it has lasted, one a minute. */
const LOOKS = 10;

/**
 * Leads rollouts from 5 to 100 % through the very functions that the controller
 * uses, with made-up samples that come in evenly. A look has all samples of its
 * step so far; when the step has lasted that is exactly as many a side as lint
 * asks for, times the pace.
 *
 * @param worse the exposed side's values are multiplied by it: 1 for an A/A rollout, 1.2 for one that is 20 % worse
 * @param options above a pace of 1 there are enough samples long before a step has lasted; of a critical gate one failing look is enough
 */
export function simulateRollouts(kind: Kind, worse: number, rollouts: number, { pace, critical }: { readonly pace: number; readonly critical: boolean } = { pace: 1, critical: false }): Simulated {
  const harmless = { kind: "threshold", name: "harmless", query: "up", must: "<= 1" };
  const spec = rolloutSchema.parse({ flag: "ENABLE_HYBRID_FORECASTING", variant: "on", owner: "forecasting", interval: "1m", steps: [5, 25, 50, 100].map((weight) => ({ weight, minimumDuration: `${LOOKS}m` })), gates: [{ ...gates[kind], critical }, harmless] });
  const random = randomNumbers(1);
  const samples = samplesOf(spec);
  let takenBack = 0;
  for (let rollout = 0; rollout < rollouts; rollout += 1) if (isTakenBack(spec, () => crowd(kind, worse, (pace * samples) / LOOKS, random))) takenBack += 1;
  return { rollouts, takenBack, samples };
}

function isTakenBack(spec: RolloutSpec, newCrowd: () => Crowd): boolean {
  let status: RolloutStatus | undefined;
  let seen = { step: 0, crowd: newCrowd() };
  for (let minute = 0; minute < 1_000; minute += 1) {
    const now = new Date(minute * 60_000);
    const step = spec.steps[(status?.step ?? 0) - 1];
    const observed = status?.clock != null && step !== undefined && lookIsDue(status, spec, now) ? { spec, step, since: new Date(status.clock), now } : undefined;
    if (status !== undefined && status.step !== seen.step) seen = { step: status.step, crowd: newCrowd() };
    const look = observed === undefined ? undefined : judgeLook(questionsOf(observed).map((question): GateSight => ({ ...question, observation: isComparison(question.gate) ? seen.crowd(minutesOf(observed)) : { kind: "values", query: "up", values: [1] } })));
    status = nextStatus(status, { rollout: "simulated", spec, now, look }).status;
    if (status.phase === "returning") return true;
    if (status.phase === "completed") return false;
  }
  throw new Error("a simulated rollout did not end");
}

function minutesOf({ since, now }: { readonly since: Date; readonly now: Date }): number {
  return (now.getTime() - since.getTime()) / 60_000;
}

function samplesOf(spec: RolloutSpec): number {
  const [gate, step] = [spec.gates[0], spec.steps[0]];
  const demand = gate === undefined || step === undefined ? undefined : demandOf(spec, gate, step);
  if (demand === undefined) throw new Error("the gate compares nothing");
  return demand.needed;
}

/** What is there to be seen so many minutes after a step began: what was there before, and more. */
type Crowd = (minutes: number) => Observation;

function crowd(kind: Kind, worse: number, perMinute: number, random: () => number): Crowd {
  let there = 0;
  /** Calls `add` once for each sample of each side that has come in. */
  const until = (minutes: number, add: () => void): void => {
    for (const target = Math.round(perMinute * minutes); there < target; there += 1) add();
  };
  switch (kind) {
    case "paired-error": {
      const [exposed, control]: [number[], number[]] = [[], []];
      return (minutes) => {
        // Log-normal errors whose ratio makes relative differences of a standard deviation of about 0.8, as the gate assumes.
        until(minutes, () => {
          const level = Math.exp(normal(random));
          exposed.push(worse * level * Math.exp(0.63 * normal(random)));
          control.push(level * Math.exp(0.63 * normal(random)));
        });
        return { kind: "pairs", query: "", exposed, control };
      };
    }
    case "distribution": {
      const [exposed, control] = [borders.map(() => 0), borders.map(() => 0)];
      const count = (side: number[], value: number): void => {
        const index = borders.findIndex((border) => value <= border);
        if (index >= 0) side[index] = (side[index] ?? 0) + 1;
      };
      return (minutes) => {
        until(minutes, () => {
          count(exposed, worse * Math.exp(0.5 * normal(random)));
          count(control, Math.exp(0.5 * normal(random)));
        });
        return { kind: "classes", queries: { exposed: "", control: "" }, borders: borders.map(String), exposed, control };
      };
    }
    case "rate": {
      const bad = { exposed: 0, control: 0 };
      return (minutes) => {
        until(minutes, () => {
          if (random() < 0.1 * worse) bad.exposed += 1;
          if (random() < 0.1) bad.control += 1;
        });
        const sides = { bad: "", all: "" };
        return { kind: "proportions", queries: { exposed: sides, control: sides }, exposed: { bad: bad.exposed, all: there }, control: { bad: bad.control, all: there } };
      };
    }
  }
}

/** Box and Muller's normal numbers. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Mulberry32: the same numbers for the same seed, everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
