import { definitionsKey } from "@forecast-stack/flags/config-maps.ts";
import { type Exposure, readExposures, statusSuffix } from "@forecast-stack/flags/exposures.ts";
import type { Environment } from "@forecast-stack/flags/flag-definition.ts";
import type { Value } from "@forecast-stack/flags/flag-text.ts";
import { type FlagSource, mergeFlags } from "@forecast-stack/flags/merge-flags.ts";
import { inForce, noteOf, type OverrideNote, readOverrides } from "@forecast-stack/flags/overrides.ts";
import type { FlagProblem } from "@forecast-stack/flags/problem.ts";
import { readDefaults } from "@forecast-stack/flags/read-definitions.ts";
import { readStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import type { FlagMaps } from "./flag-maps.ts";
import { known } from "./override-change.ts";

/** One flag as a stack has it now. */
export interface FlagOverview {
  readonly flag: string;
  /** What everybody gets, or those outside a rollout. */
  readonly value: Value;
  readonly source: FlagSource;
  /** What is worth knowing besides: a rollout's share, who overrode it and until when. */
  readonly rollout?: { readonly name: string } & Exposure;
  readonly note?: OverrideNote;
  readonly owner: string;
  readonly expires: string;
  /** Past its date of expiry. */
  readonly stale: boolean;
  /** Since when everybody has had the same value by an override without an end or by a rollout to 100 %, where the maps tell it. */
  readonly settledSince?: string;
  readonly description: string;
}

/**
 * What the maps of a stack give for each flag, as its processes would merge them
 * when they start. A variable in a pod's environment is not seen from here.
 */
export function overviewOf({ definitions, overrides, rollouts }: FlagMaps, now: Date): { flags: FlagOverview[]; problems: FlagProblem[] } {
  const defaults = readDefaults(known, definitions);
  const overridden = readOverrides(known, overrides, {});
  const exposed = readExposures(known, rollouts, {});
  const current = inForce(overridden.overrides, now.getTime()).overrides;
  const merged = mergeFlags(known, { overrides: current, exposures: exposed.exposures, environment: {}, defaults: defaults.defaults ?? {} });
  const today = now.toISOString().slice(0, 10);
  const flags = Object.entries(known).map(([flag, { owner, expires, description }]): FlagOverview => {
    const answered = merged[flag];
    const rollout = Object.entries(exposed.exposures).find(([, exposure]) => exposure.flag === flag);
    const note = current[flag] === undefined ? undefined : noteOf(overrides, flag);
    return {
      flag,
      value: answered?.variants[answered.defaultVariant] ?? "",
      source: answered?.metadata.source ?? "definition",
      ...(rollout === undefined ? {} : { rollout: { name: rollout[0], ...rollout[1] } }),
      ...(note === undefined ? {} : { note }),
      owner,
      expires,
      stale: expires < today,
      ...settled(current[flag] === undefined ? sinceWhole(rollouts.data, rollout) : note?.until === undefined ? note?.at : undefined),
      description,
    };
  });
  return { flags, problems: [...defaults.problems, ...overridden.problems, ...exposed.problems] };
}

function settled(since: string | undefined): { readonly settledSince?: string } {
  return since === undefined ? {} : { settledSince: since };
}

/** When a rollout came to all of everybody; undefined when it has not, or goes to a cohort alone. */
function sinceWhole(data: FlagMaps["rollouts"]["data"], rollout: [string, Exposure] | undefined): string | undefined {
  if (rollout === undefined || rollout[1].cohort !== undefined || rollout[1].weight < 100) return undefined;
  const history = readStatus(data[`${rollout[0]}${statusSuffix}`])?.history ?? [];
  return history[history.findLastIndex(({ weight }) => weight < 100) + 1]?.at;
}

/** The environment that the definitions were written for: the one whose defaults they all have. */
export function environmentOf({ definitions }: FlagMaps): Environment | undefined {
  const text = definitions.data[definitionsKey] ?? "";
  const { defaults } = readDefaults(known, { data: { [definitionsKey]: text }, annotations: {} });
  if (defaults === undefined) return undefined;
  return (["production", "staging", "dev"] as const).find((environment) => Object.entries(known).every(([flag, { default: byDefault }]) => defaults[flag] === undefined || defaults[flag] === byDefault[environment]));
}
