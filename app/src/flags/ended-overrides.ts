import type { FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { noteAnnotation, noteOf, type OverrideNote } from "@forecast-stack/flags/overrides.ts";

/** A merge patch that takes overrides away, from the version of the map that it was made for and no other. */
export interface RemovalPatch {
  readonly metadata: { readonly resourceVersion: string; readonly annotations: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, null>>;
}

/** The flags whose override was set for a time that is over, and when (milliseconds since 1970) the next one will be. */
export function endedOverrides(content: FlagMapContent, now: number): { ended: string[]; nextEnd: number | undefined } {
  const ends = Object.keys(content.data).flatMap((flag) => {
    const until = noteOf(content, flag)?.until;
    return until === undefined ? [] : [{ flag, end: Date.parse(until) }];
  });
  const later = ends.filter(({ end }) => end > now).map(({ end }) => end);
  return { ended: ends.filter(({ end }) => end <= now).map(({ flag }) => flag), nextEnd: later.length === 0 ? undefined : Math.min(...later) };
}

/** Takes overrides away, with a note of who did it. */
export function removalOf(flags: readonly string[], resourceVersion: string, by: string, now: Date): RemovalPatch {
  const note: OverrideNote = { by, value: null, at: now.toISOString(), reason: "the time that it was set for is over" };
  return {
    metadata: { resourceVersion, annotations: Object.fromEntries(flags.map((flag) => [noteAnnotation(flag), JSON.stringify(note)])) },
    data: Object.fromEntries(flags.map((flag) => [flag, null])),
  };
}
