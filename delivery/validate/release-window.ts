import { scrapeIntervalSeconds } from "@forecast-stack/monitoring/prometheus-config.ts";
import { ReleaseError } from "../releases/release-error.ts";
import type { NumberedUpdate } from "../releases/update.ts";

/** A stretch of time, in seconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a release was at work, and what it is compared with. */
export interface ReleaseWindow {
  readonly release: number;
  readonly message: string;
  /** From when Prometheus has looked at it to the end of the window, to the next change, or to now. */
  readonly span: Span;
  /** Seconds of the window that was asked for which are not over yet. */
  readonly missing: number;
  /** Why the window ends before it is full. */
  readonly cutShort: string | null;
  /** The release before it and its last time at work, at most as long; null for the first one. */
  readonly before: { readonly release: number; readonly span: Span } | null;
}

/**
 * Finds the window of a release among everything that was done to its stack,
 * oldest first.
 *
 * @param number the release; undefined for the newest
 * @param seconds length of the window
 * @param now seconds since 1970
 * @throws ReleaseError when there is no such release
 */
export function releaseWindow(stack: string, updates: readonly NumberedUpdate[], number: number | undefined, seconds: number, now: number): ReleaseWindow {
  const releases = updates.filter(({ release }) => release !== null);
  const index = number === undefined ? releases.length - 1 : releases.findIndex(({ release }) => release === number);
  const found = releases[index];
  if (found === undefined) throw new ReleaseError(releases.length === 0 ? `The stack ${stack} has no release yet: deploy it first.` : `The stack ${stack} has no release ${number ?? 0}; it has 1 to ${releases.length}.`);
  const from = beginningOf(found);
  const [previous, next] = [releases[index - 1], releases[index + 1]];
  const end = from + seconds;
  const replaced = next !== undefined && next.entry.startTime < end ? next : undefined;
  const to = Math.min(end, now, replaced?.entry.startTime ?? Infinity);
  if (to <= from) throw new ReleaseError(`Release ${found.release ?? 0} of ${stack} has only just been deployed: there is nothing to look at yet.`);
  return {
    release: found.release ?? 0,
    message: found.entry.message.split("\n")[0] ?? "",
    span: { from, to },
    missing: Math.max(0, Math.round(end - to)),
    cutShort: replaced === undefined ? null : `release ${replaced.release ?? 0} replaced it`,
    before: previous === undefined ? null : { release: previous.release ?? 0, span: { from: Math.max(beginningOf(previous), found.entry.startTime - seconds), to: found.entry.startTime } },
  };
}

/** For two scrapes after its update the newest samples can still be of pods that were not ready then. */
function beginningOf({ entry }: NumberedUpdate): number {
  return entry.endTime + 2 * scrapeIntervalSeconds;
}
