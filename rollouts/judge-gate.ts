import type { Gate, RolloutSpec, Step } from "./rollout-spec.ts";
import { mannWhitney } from "./statistics/mann-whitney.ts";
import { pairedTest } from "./statistics/paired-test.ts";
import { type Comparison, leastEffect, samplesNeeded } from "./statistics/sample-size.ts";
import type { TestResult } from "./statistics/test-result.ts";
import { type Proportion, twoProportions } from "./statistics/two-proportions.ts";
import { triggers } from "./triggers.ts";

/** Only `pass` lets a rollout advance. */
export type Verdict = "pass" | "fail" | "no-data" | "error";

/** What was seen at one look, before it was judged: everything that a judgement rests on. */
export type Observation =
  | { readonly kind: "failed"; readonly message: string }
  /** JSON has no number for what has no value and what has no end: these are the texts NaN, Infinity and -Infinity. */
  | { readonly kind: "values"; readonly query: string; readonly values: readonly (number | string)[] }
  | { readonly kind: "pairs"; readonly query: string; readonly exposed: readonly number[]; readonly control: readonly number[] }
  | { readonly kind: "classes"; readonly queries: { readonly exposed: string; readonly control: string }; readonly borders: readonly string[]; readonly exposed: readonly number[]; readonly control: readonly number[] }
  | { readonly kind: "proportions"; readonly queries: { readonly exposed: { readonly bad: string; readonly all: string }; readonly control: { readonly bad: string; readonly all: string } }; readonly exposed: Proportion; readonly control: Proportion };

/** What a comparison, or the count of a step's samples, is held to at one step. */
export interface Demand {
  /** Level of significance of one look; 1 for a count, which is no test. */
  readonly alpha: number;
  /** Samples that each side must have. */
  readonly needed: number;
  /** True: the step has not lasted yet. Samples are counted and not compared: who looks often finds a difference sooner or later. */
  readonly waits?: true;
}

/** A verdict and all that it rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  /** One sentence with the figures. */
  readonly statement: string;
  readonly samples?: { readonly exposed: number; readonly control: number };
  /** True: nothing is wrong but that there are too few samples yet. */
  readonly collecting?: true;
  readonly test?: TestResult;
  readonly threshold?: { readonly must: string } | { readonly alpha: number; readonly effect: number };
}

/** Gates that compare. */
export function isComparison(gate: Gate): gate is Comparison {
  return gate.kind !== "trigger" && gate.kind !== "threshold";
}

/** Whether there is anybody to compare with at a step: at 100 % there is not, unless the others are outside the cohort. */
export function hasControl({ cohort }: Pick<RolloutSpec, "cohort">, { weight }: Pick<Step, "weight">): boolean {
  return weight < 100 || cohort !== undefined;
}

/**
 * The level of one comparison at one step. The false alarms that the rollout
 * may have are shared evenly by all comparisons and all steps (Bonferroni): they
 * look at overlapping data, and this holds however they depend on each other.
 */
export function alphaPerLook({ steps, gates, falseAlarms }: Pick<RolloutSpec, "steps" | "gates" | "falseAlarms">): number {
  return falseAlarms / 100 / (steps.length * Math.max(1, gates.filter(isComparison).length));
}

/** What a gate is held to at a step; undefined for a threshold, which needs no samples. */
export function demandOf(spec: RolloutSpec, gate: Gate, step: Step): Demand | undefined {
  if (!isComparison(gate)) return undefined;
  const alpha = alphaPerLook(spec);
  return { alpha, needed: Math.max(step.minimumSamples, samplesNeeded(gate, alpha)) };
}

/** Judges one gate by what was seen. Pure: the same arguments give the same judgement, whenever it is asked for. */
export function judgeGate(gate: Gate, observation: Observation, demand: Demand | undefined): Judgement {
  if (observation.kind === "failed") return { verdict: "error", statement: observation.message };
  if (observation.kind === "values") return demand === undefined ? judgeValues(mustOf(gate), observation.values) : judgeCount(mustOf(gate), observation.values, demand);
  if (!isComparison(gate) || demand === undefined) return { verdict: "error", statement: `${gate.name} compares nothing` };
  if (observation.kind === "proportions" && ![observation.exposed, observation.control].every(isShare)) return { verdict: "error", statement: `${shareOf(observation.exposed)} exposed and ${shareOf(observation.control)} control samples are bad: bad must be a part of all` };
  const samples = countOf(observation);
  const seen = `${samples.exposed} exposed and ${samples.control} control samples`;
  // Not `<`: what is no number is never less, and would pass.
  if (!(Math.min(samples.exposed, samples.control) >= demand.needed)) return { verdict: "no-data", collecting: true, samples, statement: `${seen}; each side needs ${demand.needed}` };
  if (demand.waits === true) return { verdict: "no-data", collecting: true, samples, statement: `${seen}, as many as it needs; they are compared when the step has lasted` };
  const test = testOf(observation);
  if (!Number.isFinite(test.pValue) || !Number.isFinite(test.effect)) return { verdict: "error", samples, statement: `${test.test}: these samples cannot be compared` };
  const effect = leastEffect(gate);
  const worse = test.pValue < demand.alpha && test.effect >= effect;
  return {
    verdict: worse ? "fail" : "pass",
    statement: `${test.test}: effect ${short(test.effect)}, p = ${short(test.pValue)}; ${worse ? "worse" : "no worse"} (worse is an effect of ${short(effect)} or more with p < ${short(demand.alpha)})`,
    samples,
    test,
    threshold: { alpha: demand.alpha, effect },
  };
}

function isShare({ bad, all }: Proportion): boolean {
  return bad >= 0 && bad <= all;
}

function shareOf({ bad, all }: Proportion): string {
  return `${bad} of ${all}`;
}

type Sides = Exclude<Observation, { kind: "failed" | "values" }>;

function countOf(observation: Sides): { exposed: number; control: number } {
  const size = (side: Sides["exposed"]): number => (observation.kind === "pairs" ? (side as readonly number[]).length : "all" in side ? side.all : side.reduce((sum, count) => sum + count, 0));
  return { exposed: size(observation.exposed), control: size(observation.control) };
}

function testOf(observation: Sides): TestResult {
  switch (observation.kind) {
    case "pairs":
      return pairedTest(observation.exposed, observation.control);
    case "classes":
      return mannWhitney(observation.exposed, observation.control);
    case "proportions":
      return twoProportions(observation.exposed, observation.control);
  }
}

/** The PromQL of a gate that is a threshold. */
export function queryOf(gate: Gate): string {
  if (gate.kind === "threshold") return gate.query;
  if (gate.kind === "trigger") return triggers[gate.trigger].query;
  throw new Error(`${gate.name} is no threshold`);
}

/** The limit of a gate that is a threshold. */
export function mustOf(gate: Gate): string {
  if (gate.kind === "threshold") return gate.must;
  if (gate.kind === "trigger") return gate.must ?? triggers[gate.trigger].must;
  throw new Error(`${gate.name} is no threshold`);
}

function judgeValues(must: string, values: readonly (number | string)[]): Judgement {
  const threshold = { must };
  const known = values.map(Number).filter((value) => !Number.isNaN(value));
  // One series without a value is not good news about the others.
  if (known.length === 0 || known.length < values.length) return { verdict: "no-data", statement: "the query has no value", threshold };
  const bad = known.filter((value) => !holds(value, must));
  const shown = bad[0] ?? known[0] ?? 0;
  return { verdict: bad.length > 0 ? "fail" : "pass", statement: `${short(shown)} must be ${must}`, threshold };
}

/** Too few samples are no failure: the step goes on until there are enough, or its time is out. */
function judgeCount(must: string, values: readonly (number | string)[], { needed }: Demand): Judgement {
  const threshold = { must };
  // Prometheus extrapolates: three runs can read 2.99.
  const count = Math.round(values.reduce<number>((sum, value) => sum + Number(value), 0));
  if (!Number.isFinite(count)) return { verdict: "no-data", statement: "the query has no value", threshold };
  const statement = `${count} of ${needed} samples`;
  return count < needed ? { verdict: "no-data", collecting: true, statement, threshold } : { verdict: "pass", statement, threshold };
}

function holds(value: number, must: string): boolean {
  const [, comparison = "", limit = ""] = /^(<=|>=|<|>)\s*(.+)$/.exec(must) ?? [];
  const border = Number(limit);
  switch (comparison) {
    case "<":
      return value < border;
    case "<=":
      return value <= border;
    case ">":
      return value > border;
    default:
      return value >= border;
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
