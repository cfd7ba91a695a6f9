import { createHash } from "node:crypto";
import { z } from "zod";
import type { FlagMap } from "./config-maps.ts";

/** One change of a flag, as the history keeps it and the API tells it. */
export const flagChange = z.object({
  /** Its place in the history, from 1 without a gap. */
  number: z.int().positive(),
  map: z.enum(["definitions", "overrides", "rollouts"]),
  /** What it stands under in its map: the flag, or the name of a rollout. */
  key: z.string(),
  flag: z.string(),
  /** Null for none. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Who the API server took the writer for; `unknown` where nobody vouches for it. */
  by: z.string(),
  reason: z.string().nullable(),
  /** When it ends by itself. */
  until: z.iso.datetime().nullable(),
  /** The program that wrote it, as the API server knows it (a field manager): kubectl-patch, forecastctl. It is no person. */
  tool: z.string().nullable(),
  changedAt: z.iso.datetime(),
  /** The time in the note that it was made with; null without one. */
  notedAt: z.iso.datetime().nullable(),
  /** Which version of the ConfigMap it came with. */
  mapUid: z.string(),
  resourceVersion: z.string(),
  /** The hash of the change before it; empty for the first. */
  previousHash: z.string(),
  /** SHA-256 over all of the above. */
  hash: z.string(),
});
export type FlagChange = z.infer<typeof flagChange>;

/** Who is named where nobody vouches for a name. */
export const unknownAuthor = "unknown";

/** The hash of a change. Everything is in it, so that nothing of a change can be altered without altering it. */
export function hashOf(change: Omit<FlagChange, "hash">): string {
  const { number, map, key, flag, before, after, by, reason, until, tool, changedAt, notedAt, mapUid, resourceVersion, previousHash } = change;
  return createHash("sha256")
    .update(JSON.stringify([number, map, key, flag, before, after, by, reason, until, tool, changedAt, notedAt, mapUid, resourceVersion, previousHash]))
    .digest("hex");
}

/** The first change of a whole history that is not as it was written, in one sentence; undefined when the chain is whole. */
export function brokenLink(history: readonly FlagChange[]): string | undefined {
  let previous: FlagChange | undefined;
  for (const change of history) {
    const wanted = (previous?.number ?? 0) + 1;
    if (change.number !== wanted) return `Change ${wanted} is missing: after ${previous?.number ?? "the beginning"} comes ${change.number}.`;
    if (change.hash !== hashOf(change)) return `Change ${change.number} (${change.flag}, ${change.changedAt}) was altered after it was written.`;
    if (change.previousHash !== (previous?.hash ?? "")) return `Change ${change.number} (${change.flag}, ${change.changedAt}) does not follow from the one before it: one of them was written anew.`;
    previous = change;
  }
  return undefined;
}

/** What a map holds by a history: what the last change of each of its keys left. */
export function leftBy(history: readonly FlagChange[], map: FlagMap): Map<string, string> {
  const newest = new Map(history.filter((change) => change.map === map).map(({ key, after }) => [key, after]));
  return new Map([...newest].flatMap(([key, after]) => (after === null ? [] : [[key, after] as const])));
}
