import { isDeepStrictEqual } from "node:util";
import type { FlagOverview } from "./flag-overview.ts";

/** One flag as each of two stacks has it. */
export interface FlagDifference {
  readonly flag: string;
  readonly left: FlagOverview;
  readonly right: FlagOverview;
}

/** The flags that two stacks answer differently: by their value, or by whom a rollout gives which variant. */
export function differencesOf(ours: readonly FlagOverview[], theirs: readonly FlagOverview[]): FlagDifference[] {
  return ours.flatMap((left) => {
    const right = theirs.find(({ flag }) => flag === left.flag);
    const alike = right === undefined || (right.value === left.value && isDeepStrictEqual(exposedBy(right), exposedBy(left)));
    return alike ? [] : [{ flag: left.flag, left, right }];
  });
}

/** What a rollout does, whatever it is called and however its cohort is ordered. */
function exposedBy({ rollout }: FlagOverview): unknown {
  return rollout === undefined ? undefined : [rollout.variant, rollout.weight, rollout.cohort?.toSorted()];
}
