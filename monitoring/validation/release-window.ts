import { scrapeIntervalSeconds } from "../prometheus-config.ts";
import { ValidationError } from "./validation-error.ts";

/** A stretch of time, in seconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What was done to a stack: a release where it has a number. Times are seconds since 1970. */
export interface ReleaseUpdate {
  readonly release: number | null;
  readonly entry: { readonly startTime: number; readonly endTime: number; readonly message: string };
}

/** When a release was at work, and what it is compared with. */
export interface ReleaseWindow {
  readonly release: number;
  readonly message: string;
  /** From when Prometheus has looked at it to the end of the window, to the next change, or to now; empty when it was replaced before. */
  readonly span: Span;
  /** Seconds of the window that was asked for which are not over yet. */
  readonly missing: number;
  /** Why the window ends before it is full. */
  readonly cutShort: string | null;
  /** The release before it and its last time at work, at most as long, empty when Prometheus never looked at it; null for the first one. */
  readonly before: { readonly release: number; readonly span: Span } | null;
}

/**
 * Finds the window of a release among everything that was done to its stack,
 * oldest first.
 *
 * @param number the release; undefined for the newest
 * @param seconds length of the window
 * @param now seconds since 1970
 * @throws ValidationError when there is no such release
 */
export function releaseWindow(stack: string, updates: readonly ReleaseUpdate[], number: number | undefined, seconds: number, now: number): ReleaseWindow {
  const releases = updates.filter(({ release }) => release !== null);
  const index = number === undefined ? releases.length - 1 : releases.findIndex(({ release }) => release === number);
  const found = releases[index];
  if (found === undefined) throw new ValidationError(releases.length === 0 ? `The stack ${stack} has no release yet: deploy it first.` : `The stack ${stack} has no release ${number ?? 0}; it has 1 to ${releases.length}.`);
  const from = lookedAtFrom(found);
  const [previous, next] = [releases[index - 1], releases[index + 1]];
  const end = from + seconds;
  const replaced = next !== undefined && next.entry.startTime < end ? next : undefined;
  const span = spanUpTo(Math.min(end, now, replaced?.entry.startTime ?? Infinity), from);
  if (isEmpty(span) && replaced === undefined) throw new ValidationError(`Release ${found.release ?? 0} of ${stack} has only just been deployed: there is nothing to look at yet.`);
  return {
    release: found.release ?? 0,
    message: found.entry.message.split("\n")[0] ?? "",
    span,
    missing: Math.round(end - span.to),
    cutShort: replaced === undefined ? null : `release ${replaced.release ?? 0} replaced it`,
    before: previous === undefined ? null : { release: previous.release ?? 0, span: spanUpTo(found.entry.startTime, Math.max(lookedAtFrom(previous), found.entry.startTime - seconds)) },
  };
}

/** Whether a span has no time in it. */
export function isEmpty({ from, to }: Span): boolean {
  return from >= to;
}

/** Never ends before it begins: one that would is empty, where it begins. */
function spanUpTo(to: number, from: number): Span {
  return { from, to: Math.max(from, to) };
}

/** Seconds until Prometheus has looked at a release, or at the newest one; none when it has. */
export function secondsUntilLookedAt(updates: readonly ReleaseUpdate[], number: number | undefined, now: number): number {
  const found = updates.filter(({ release }) => release !== null && (number === undefined || release === number)).at(-1);
  return found === undefined ? 0 : Math.max(0, lookedAtFrom(found) + 1 - now);
}

/** For two scrapes after its update the newest samples can still be of pods that were not ready then. */
export function lookedAtFrom({ entry }: ReleaseUpdate): number {
  return entry.endTime + 2 * scrapeIntervalSeconds;
}
