import { type FlagChange, unknownAuthor } from "@forecast-stack/flags/flag-history.ts";
import type { ObservedMap } from "./observed-map.ts";

/** What the history says of one key of a map. */
export interface RecordedKey {
  readonly flag: string;
  readonly text: string | null;
  /** Milliseconds since 1970 of the newest note that was used; null for none. */
  readonly notedAt: number | null;
}

/** What the history says of one map. */
export interface RecordedMap {
  /** The object of the newest change, and all that there were. */
  readonly uid: string | undefined;
  readonly uids: ReadonlySet<string>;
  /** The newest version of that object that brought a change. */
  readonly version: bigint;
  readonly keys: ReadonlyMap<string, RecordedKey>;
}

/** A change before it has its place in the history. */
export type NewChange = Omit<FlagChange, "number" | "previousHash" | "hash">;

/**
 * The changes that a version of a map brings to what is recorded. None when it
 * is older than that: a process that was away sees versions late, and one that
 * another process has recorded already sees them again.
 */
export function changesOf(recorded: RecordedMap, { map, version, seenAt, keys, notes, silentOn }: ObservedMap): NewChange[] {
  if (!isNewer(recorded, version)) return [];
  return [...new Set([...recorded.keys.keys(), ...keys.keys()])].sort().flatMap((key): NewChange[] => {
    const known = recorded.keys.get(key);
    const before = known?.text ?? null;
    const after = keys.get(key)?.text ?? null;
    if (before === after || silentOn(key)) return [];
    // A note that was used before tells of an earlier change to the same value.
    const note = [notes.get(key)].find((one) => one !== undefined && Date.parse(one.at) !== known?.notedAt);
    // The API server remembers who wrote what is there, not who took something out.
    const forgotten = after === null && note === undefined;
    return [
      {
        map,
        key,
        flag: keys.get(key)?.flag ?? known?.flag ?? key,
        before,
        after,
        by: note?.by ?? unknownAuthor,
        reason: note?.reason ?? null,
        until: instant(note?.until),
        tool: forgotten ? null : (version.tool ?? null),
        changedAt: (forgotten ? seenAt : (version.writtenAt ?? seenAt)).toISOString(),
        notedAt: instant(note?.at),
        mapUid: version.uid,
        resourceVersion: version.resourceVersion,
      },
    ];
  });
}

/** A new object of the same name counts whatever its version; one that was replaced does not come back. */
function isNewer({ uid, uids, version: newest }: RecordedMap, { uid: seenUid, resourceVersion }: ObservedMap["version"]): boolean {
  if (!/^\d{1,18}$/.test(resourceVersion)) return false;
  return seenUid === uid ? BigInt(resourceVersion) > newest : !uids.has(seenUid);
}

/** In the form that the database gives back. */
function instant(text: string | undefined): string | null {
  return text === undefined ? null : new Date(text).toISOString();
}
