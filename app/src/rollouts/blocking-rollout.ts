import { haltOf } from "@forecast-stack/rollouts/next-status.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { hasEnded, type RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { windowIsOpen } from "@forecast-stack/rollouts/start-window.ts";

/** A rollout whose specification can be read, and where it is. */
export interface KnownRollout {
  readonly name: string;
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus | undefined;
}

/** When it is asked, and which flags are overridden then. */
export interface Moment {
  readonly now: Date;
  readonly isOverridden: (flag: string) => boolean;
}

/**
 * Why a rollout must not begin: another one of its flag that is under way,
 * exposes somebody or comes first by name; its start window; or one that it
 * excludes and that is under way. Of several that could begin and exclude each
 * other the first by name goes first. Undefined when nothing is in its way.
 */
export function blockingRollout(rollout: KnownRollout, all: readonly KnownRollout[], moment: Moment): string | undefined {
  const { name, spec } = rollout;
  const own = ownObstacle(rollout, all, moment);
  if (own !== undefined || spec.exclusive === undefined) return own;
  const excluding = all.find((other) => other.name !== name && other.spec.exclusive === spec.exclusive && (isUnderWay(other) || (other.name < name && couldBegin(other, all, moment))));
  return excluding === undefined ? undefined : `It waits for the end of ${excluding.name}, which it excludes (${spec.exclusive}).`;
}

/** What stands in its way whatever it excludes. */
function ownObstacle({ name, spec }: KnownRollout, all: readonly KnownRollout[], { now }: Moment): string | undefined {
  const rival = all.find((other) => other.name !== name && other.spec.flag === spec.flag && (isUnderWay(other) || exposes(other) || (other.name < name && !isOver(other))));
  if (rival !== undefined) return `Refused: the rollout ${rival.name} stages ${spec.flag} already; remove one of them.`;
  return windowIsOpen(spec.startWindow, now) ? undefined : "Its start window is shut.";
}

/** One that something else keeps from beginning does not hold up those behind it. */
function couldBegin(rollout: KnownRollout, all: readonly KnownRollout[], moment: Moment): boolean {
  const { spec, status } = rollout;
  const waits = status === undefined || status.phase === "waiting";
  return waits && haltOf({ spec, overridden: moment.isOverridden(spec.flag) }) === undefined && ownObstacle(rollout, all, moment) === undefined;
}

function isUnderWay({ status }: KnownRollout): boolean {
  return status !== undefined && status.phase !== "waiting" && !hasEnded(status);
}

function isOver({ status }: KnownRollout): boolean {
  return status !== undefined && hasEnded(status);
}

function exposes({ status }: KnownRollout): boolean {
  return status !== undefined && status.weight > 0;
}
