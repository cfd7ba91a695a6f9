import { isDeepStrictEqual } from "node:util";
import type { Deployment } from "../releases/checkpoint.ts";
import type { Decrypt } from "../releases/passphrase.ts";
import type { QuarantineEntry } from "../releases/quarantine.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { fingerprintOf, type ReadRelease, type ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";
import { type BegunRollback, describeBegun, isOpen } from "./begun-rollback.ts";
import type { RollbackRequest } from "./rollback-plan.ts";
import { opened } from "./verify.ts";

/** What is known of a stack when the release to go back to is chosen. */
export interface Situation {
  readonly stack: string;
  /** All of them, oldest first. */
  readonly updates: readonly NumberedUpdate[];
  /** The newest release. */
  readonly latest: ReadRelease;
  /** What Pulumi knows of the stack now. */
  readonly today: Deployment;
  /** Whether that is something else than the newest release left. */
  readonly changed: boolean;
  readonly quarantined: readonly Pick<QuarantineEntry, "fingerprint">[];
  /** A rollback that did not come to its end; undefined when there is none. */
  readonly begun: BegunRollback | undefined;
}

/** Where a rollback goes, and from where. */
export interface Choice {
  readonly target: ReadRelease;
  readonly from: NumberedUpdate;
  /** What was asked, with what an unfinished rollback was asked before. */
  readonly request: RollbackRequest;
  /** Why it is not simply the release before; empty when it is, or was named. */
  readonly why: string;
}

/**
 * The release that was named. Without one: that of a rollback which did not
 * come to its end; the newest release when an update after it failed or was cut
 * off; else the newest one that is something else than what runs. What was
 * rolled back from is never chosen, only named.
 *
 * @throws ReleaseError when there is no such release
 */
export async function chooseTarget(history: Pick<ReleaseHistory, "read" | "release">, situation: Situation, request: RollbackRequest): Promise<Choice> {
  const { stack, updates, latest, today, changed, quarantined, begun } = situation;
  const from = latest.update;
  if (request.to !== undefined) return { target: await history.release(request.to), from, request, why: "" };
  const releases = updates.filter(({ release }) => release !== null);
  if (begun !== undefined && isOpen(begun, releases)) return resume(history, begun, request, releases, stack);
  const unfinished = isUnfinished(updates, from, today, changed);
  const here = fingerprintOf(latest.deployment);
  const bad = new Set(quarantined.map(({ fingerprint }) => fingerprint));
  for (const update of (unfinished ? releases : releases.slice(0, -1)).toReversed()) {
    const candidate = await history.read(update);
    const name = fingerprintOf(candidate.deployment);
    if (bad.has(name) || (!unfinished && name === here)) continue;
    const why = update === releases.at(-1) ? `An update after release ${update.release ?? 0} failed or was cut off: it is gone back to that release, which stays allowed.` : "";
    return { target: candidate, from, request, why };
  }
  throw new ReleaseError(`The stack ${stack} has no earlier release that is something else and was not rolled back from. Choose one of forecastctl releases ${stack} with --to.`);
}

async function resume(history: Pick<ReleaseHistory, "release">, begun: BegunRollback, request: RollbackRequest, releases: readonly NumberedUpdate[], stack: string): Promise<Choice> {
  const { request: then } = begun;
  if (request.only !== undefined && request.only !== then.only) throw new ReleaseError(`${describeBegun(begun)} did not come to its end. Finish it first, with forecastctl rollback --stack ${stack}, or name the release that you want with --to.`);
  const given = { keepDrift: then.keepDrift || request.keepDrift, withFlags: then.withFlags || request.withFlags, undoMigrations: then.undoMigrations || request.undoMigrations, acceptDataLoss: then.acceptDataLoss || request.acceptDataLoss };
  return {
    target: await history.release(begun.to),
    from: releases.find(({ id }) => id === begun.from) as NumberedUpdate,
    request: { to: undefined, only: then.only, ...given },
    why: `${describeBegun(begun)} did not come to its end: this goes on with it. With --to it is another release.`,
  };
}

/**
 * Whether the stack is no longer what its newest release left, because what came
 * after it failed, was cut off or took it away. An update that was refused before
 * it changed anything does not count, nor does what a refresh found.
 */
export function isUnfinished(updates: readonly NumberedUpdate[], latest: NumberedUpdate, today: Deployment, changed: boolean): boolean {
  if ((today.pending_operations ?? []).length > 0) return true;
  const after = updates.slice(updates.findIndex(({ id }) => id === latest.id) + 1);
  // One that was killed leaves no entry in the history.
  return changed && (after.length === 0 || after.some(({ entry }) => entry.kind === "destroy" || (entry.kind === "update" && entry.result !== "succeeded")));
}

/** Whether two states of a stack differ in what was made, or in how it went; each with the key of its secrets. */
export function isChanged(one: Deployment, other: Deployment, keys: { readonly one: Decrypt; readonly other: Decrypt }): boolean {
  const shown = ({ resources }: Deployment, decrypt: Decrypt) => resources.map(({ urn, delete: condemned, inputs, ...rest }) => ({ urn, condemned, inputs: opened(inputs, decrypt), errors: rest["initErrors"] ?? [] })).toSorted((a, b) => (`${a.urn} ${a.condemned}` < `${b.urn} ${b.condemned}` ? -1 : 1));
  return !isDeepStrictEqual(shown(one, keys.one), shown(other, keys.other));
}
