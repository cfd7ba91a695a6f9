import { type Demand, demandOf, type Observation } from "../rollouts/judge-gate.ts";
import { judgeLook, type Look } from "../rollouts/look.ts";
import { nextStatus } from "../rollouts/next-status.ts";
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
  /** Samples a side that each look had: what lint asks for. */
  readonly samples: number;
}

/** Border of each class, growing by a tenth, as fine as a histogram would be. */
const borders = Array.from({ length: 60 }, (_, index) => 0.05 * 1.1 ** index);

const gates: Readonly<Record<Kind, object>> = {
  "paired-error": { kind: "paired-error", name: "gate" },
  distribution: { kind: "distribution", name: "gate", exposed: "up", control: "up" },
  rate: { kind: "rate", name: "gate", baseline: 0.1, exposed: { bad: "up", all: "up" }, control: { bad: "up", all: "up" } },
};

/**
 * Leads rollouts from 5 to 100 % through the very functions that the controller
 * uses, with made-up samples: exactly as many a side as lint asks for, new ones
 * at each step, the same ones at every look of a step.
 *
 * @param worse the exposed side's values are multiplied by it: 1 for an A/A rollout, 1.2 for one that is 20 % worse
 */
export function simulateRollouts(kind: Kind, worse: number, rollouts: number, seed = 1): Simulated {
  const spec = rolloutSchema.parse({ flag: "ENABLE_HYBRID_FORECASTING", variant: "on", owner: "forecasting", interval: "1m", steps: [5, 25, 50, 100].map((weight) => ({ weight, minimumDuration: "1m" })), gates: [gates[kind]] });
  const random = randomNumbers(seed);
  const demand = demandOfAll(spec);
  let takenBack = 0;
  for (let rollout = 0; rollout < rollouts; rollout += 1) if (isTakenBack(spec, demand, () => observe(kind, demand.needed, worse, random))) takenBack += 1;
  return { rollouts, takenBack, samples: demand.needed };
}

function isTakenBack(spec: RolloutSpec, demand: Demand, sample: () => Observation): boolean {
  let status: RolloutStatus | undefined;
  let seen: { readonly step: number; readonly look: Look } | undefined;
  for (let minute = 0; minute < 100; minute += 1) {
    const step = status?.step ?? 0;
    const compares = status?.phase === "observing" && (spec.steps[step - 1]?.weight ?? 0) < 100;
    if (compares && seen?.step !== step) seen = { step, look: judgeLook(spec.gates.map((gate) => ({ gate, demand, observation: sample() }))) };
    // At 100 % there is nobody left to compare with.
    const look = compares ? seen?.look : status?.phase === "observing" ? judgeLook([]) : undefined;
    status = nextStatus(status, { rollout: "simulated", spec, now: new Date(minute * 60_000), look }).status;
    if (status.phase === "returning") return true;
    if (status.phase === "completed") return false;
  }
  throw new Error("a simulated rollout did not end");
}

function demandOfAll(spec: RolloutSpec): Demand {
  const [gate, step] = [spec.gates[0], spec.steps[0]];
  const demand = gate === undefined || step === undefined ? undefined : demandOf(spec, gate, step);
  if (demand === undefined) throw new Error("the gate compares nothing");
  return demand;
}

function observe(kind: Kind, n: number, worse: number, random: () => number): Observation {
  const many = <Value>(make: () => Value): Value[] => Array.from({ length: n }, make);
  switch (kind) {
    case "paired-error": {
      // Log-normal errors whose ratio makes relative differences of a standard deviation of about 0.8, as the gate assumes.
      const items = many(() => Math.exp(normal(random)));
      return { kind: "pairs", query: "", exposed: items.map((level) => worse * level * Math.exp(0.63 * normal(random))), control: items.map((level) => level * Math.exp(0.63 * normal(random))) };
    }
    case "distribution": {
      const counts = (factor: number): number[] => {
        const values = many(() => factor * Math.exp(0.5 * normal(random)));
        return borders.map((border, index) => values.filter((value) => value <= border && value > (borders[index - 1] ?? 0)).length);
      };
      return { kind: "classes", queries: { exposed: "", control: "" }, borders: borders.map(String), exposed: counts(worse), control: counts(1) };
    }
    case "rate": {
      const side = (rate: number) => ({ bad: many(random).filter((value) => value < rate).length, all: n });
      return { kind: "proportions", queries: { exposed: { bad: "", all: "" }, control: { bad: "", all: "" } }, exposed: side(0.1 * worse), control: side(0.1) };
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
