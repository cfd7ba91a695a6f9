import { flagName } from "@forecast-stack/flags/flag-definition.ts";
import { z } from "zod";
import { duration } from "./duration.ts";
import { triggerNames } from "./triggers.ts";

/** A comparison that a value must satisfy, such as `< 62`. */
export const requirement = z.string().regex(/^(<=|>=|<|>)\s*-?\d+(\.\d+)?$/, 'must be a comparison with a number, for example "< 62"');

const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, "must be a word of small letters, digits and hyphens, at most 40");
const promql = z.string().min(1).describe("PromQL over the metrics of the catalogue; $window is the time since the step began, $namespace the stack's namespace");
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day in UTC such as 08:30");
const percent = (lowest: number, highest: number) => z.number().min(lowest).max(highest);

const gateBase = {
  name: name.describe("What the gate is called in verdicts, metrics and records"),
  critical: z.boolean().default(false).describe("True: one failing look takes the rollout back, without waiting for more"),
};

const comparison = {
  ...gateBase,
  worseBy: percent(1, 1000).default(20).describe("Percent: how much worse the exposed cohort may be before it must be noticed"),
  power: percent(50, 99.9).default(90).describe("Percent: how surely that is to be noticed at one step"),
};

const ratePair = z.strictObject({ bad: promql, all: promql });

/** One condition that must hold at every step. */
export const gateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("trigger"), ...gateBase, trigger: z.enum(triggerNames).describe("A ready-made threshold"), must: requirement.optional().describe("Another limit than the ready-made one") }),
  z.strictObject({ kind: z.literal("threshold"), ...gateBase, query: promql, must: requirement }),
  z.strictObject({ kind: z.literal("paired-error"), ...comparison, spread: z.number().min(0.01).max(2).default(0.8).describe("Standard deviation of the relative difference between both forecasts of one item, as far as it is known") }),
  z.strictObject({
    kind: z.literal("distribution"),
    ...comparison,
    exposed: promql.describe("Counts by the label le of a histogram, of the exposed cohort"),
    control: promql.describe("The same of everybody else"),
    spread: z.number().min(0.05).max(3).default(0.5).describe("Standard deviation of the values' logarithm, as far as it is known"),
  }),
  z.strictObject({ kind: z.literal("rate"), ...comparison, exposed: ratePair, control: ratePair, baseline: z.number().gt(0).lt(1).describe("The share that is usual, for the number of samples") }),
]);

const step = z.strictObject({
  weight: z.number().gt(0).max(100).multipleOf(0.01).describe("Percent of the keys that get the variant"),
  minimumDuration: duration.describe("How long the step lasts at least, from the moment at which every pod answers by it"),
  minimumSamples: z.int().min(0).default(0).describe("Samples that must have been seen in the step; comparisons ask for more by themselves"),
});

const startWindow = z.strictObject({
  days: z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).min(1),
  from: clockTime,
  to: clockTime,
});

/** A staged rollout, as one key of the ConfigMap feature-flag-rollouts spells it in YAML. */
export const rolloutSchema = z.strictObject({
  flag: flagName.describe("The flag that is staged"),
  variant: z.string().describe("Its variant that more and more keys get"),
  owner: z.string().min(2).describe("Who answers for it"),
  description: z.string().optional(),
  paused: z.boolean().default(false).describe("True: it stays where it is until this is false again"),
  steps: z.array(step).min(1).max(20),
  startWindow: startWindow.optional().describe("When its first step may begin, in UTC; at any time without it"),
  cohort: z.array(z.string().min(1).max(200)).min(1).max(1000).optional().describe("Targeting keys that take part, for example default:main:SKU-6823; one that ends with * means all that begin so. Without it: all keys"),
  exclusive: name.optional().describe("Rollouts that share this word never run at once"),
  gates: z.array(gateSchema).min(1).max(20),
  samples: promql.optional().describe("Counts the samples of the step where no comparison does, for example runs"),
  interval: duration.default("1m").describe("Time between two looks"),
  consecutiveFailures: z.int().min(1).max(100).default(3).describe("Failing looks in a row after which it has failed"),
  timeout: duration.default("30m").describe("How long it holds without a verdict before it goes back"),
  falseAlarms: percent(0.1, 20).default(5).describe("Percent: how often, over all steps, a variant that is no worse may be taken back by comparisons"),
  onFailure: z.enum(["go-back", "hold", "notify"]).default("go-back").describe("go-back: nobody is exposed any more; hold: it stays until a person decides; notify: people are told and it looks on"),
});

export type RolloutSpec = z.output<typeof rolloutSchema>;
export type Gate = z.output<typeof gateSchema>;
export type Step = RolloutSpec["steps"][number];

/** The published JSON Schema, for editors and other tools. */
export function rolloutJsonSchema(): object {
  return { ...z.toJSONSchema(rolloutSchema, { io: "input" }), title: "A staged rollout of a feature flag" };
}
