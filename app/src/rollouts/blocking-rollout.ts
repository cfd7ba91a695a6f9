import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { hasEnded, type RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";

/** A rollout whose specification can be read, and where it is. */
export interface KnownRollout {
  readonly name: string;
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus | undefined;
}

/**
 * Why a rollout must not begin: another one of its flag, of which evaluation
 * heeds the first by name, or one under way that it excludes. Of several that
 * wait for each other the first by name goes first. Undefined when nothing is in
 * its way.
 */
export function blockingRollout({ name, spec }: KnownRollout, all: readonly KnownRollout[]): string | undefined {
  const others = all.filter((other) => other.name !== name);
  const rival = others.find((other) => other.spec.flag === spec.flag && (other.name < name || isUnderWay(other)));
  if (rival !== undefined) return `Refused: the rollout ${rival.name} stages ${spec.flag} already; remove one of them.`;
  const excluding = spec.exclusive === undefined ? undefined : others.find((other) => other.spec.exclusive === spec.exclusive && (isUnderWay(other) || (other.name < name && waits(other))));
  return excluding === undefined ? undefined : `It waits for the end of ${excluding.name}, which it excludes (${spec.exclusive ?? ""}).`;
}

function isUnderWay({ status }: KnownRollout): boolean {
  return status !== undefined && status.phase !== "waiting" && !hasEnded(status);
}

/** One that is paused does not hold up those behind it. */
function waits({ spec, status }: KnownRollout): boolean {
  return !spec.paused && (status === undefined || status.phase === "waiting");
}
