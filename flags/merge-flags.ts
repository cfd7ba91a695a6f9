import type { Exposure, Exposures } from "./exposures.ts";
import type { FlagDefinition, FlagDefinitions } from "./flag-definition.ts";
import type { Value } from "./flag-text.ts";
import type { Overrides } from "./overrides.ts";
import type { DefaultVariants } from "./read-definitions.ts";

/** What decided a flag's value. */
export type FlagSource = "override" | "rollout" | "environment" | "definition";

/** Everything that has a say, the strongest first. */
export interface FlagLayers {
  /** Of people: everybody gets this value. */
  readonly overrides: Overrides;
  /** Of rollouts: a share of the keys gets a variant. */
  readonly exposures: Exposures;
  /** Of variables of the flag's name in the process's environment. */
  readonly environment: Readonly<Record<string, Value>>;
  readonly defaults: DefaultVariants;
}

/** A flag as flagd's evaluator takes it. */
export interface MergedFlag {
  readonly state: "ENABLED";
  readonly variants: Readonly<Record<string, Value>>;
  readonly defaultVariant: string;
  readonly targeting?: object;
  readonly metadata: { readonly source: FlagSource; readonly staged: boolean };
}

/** Weights are hundredths of a percent. */
const whole = 10_000;

/** One document out of all layers: override before rollout, rollout before environment, environment before definition. */
export function mergeFlags(definitions: FlagDefinitions, layers: FlagLayers): Record<string, MergedFlag> {
  const exposures = new Map(Object.values(layers.exposures).map((exposure) => [exposure.flag, exposure]));
  return Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, mergeFlag(name, definition, layers, exposures.get(name))]));
}

function mergeFlag(name: string, definition: FlagDefinition, { overrides, environment, defaults }: FlagLayers, exposure: Exposure | undefined): MergedFlag {
  const override = overrides[name];
  if (override !== undefined) return everybody(definition, override.value, "override");
  const given = environment[name];
  const byDefault = defaults[name];
  const base = given !== undefined ? everybody(definition, given, "environment") : flagOf(definition.variants, byDefault ?? definition.safe, "definition");
  return exposure === undefined ? base : staged(base, exposure);
}

function flagOf(variants: MergedFlag["variants"], defaultVariant: string, source: FlagSource): MergedFlag {
  return { state: "ENABLED", variants, defaultVariant, metadata: { source, staged: false } };
}

/** A value is answered under the name of its variant; one that is none has the name of its source. */
function everybody({ variants }: FlagDefinition, value: Value, source: "override" | "environment"): MergedFlag {
  const variant = Object.entries(variants).find(([, known]) => known === value)?.[0];
  return variant === undefined ? flagOf({ ...variants, [source]: value }, source, source) : flagOf(variants, variant, source);
}

/**
 * The exposed variant has the first buckets of a number that never changes, so
 * that a larger weight only adds keys. flagd hashes the flag's name with the
 * targeting key: a second rollout of a flag exposes the keys of the first.
 */
function staged(base: MergedFlag, { variant, weight, cohort }: Exposure): MergedFlag {
  const exposed = Math.round((weight * whole) / 100);
  const share = { fractional: [[variant, exposed], [base.defaultVariant, whole - exposed]] };
  return {
    ...base,
    targeting: cohort === undefined ? share : { if: [isIn(cohort), share, base.defaultVariant] },
    // Who is outside a cohort has the other variant even at its 100 %.
    metadata: { source: "rollout", staged: exposed > 0 && (exposed < whole || cohort !== undefined) },
  };
}

/** Whether a targeting key takes part, as flagd's rules say it. */
function isIn(cohort: readonly string[]): object {
  const key = { var: "targetingKey" };
  const beginnings = cohort.filter((one) => one.endsWith("*")).map((one) => ({ starts_with: [key, one.slice(0, -1)] }));
  return { or: [{ in: [key, cohort.filter((one) => !one.endsWith("*"))] }, ...beginnings] };
}
