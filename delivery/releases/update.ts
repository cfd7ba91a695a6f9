import { z } from "zod";

/** An entry of the backend's history, as the file backends write it. */
export const historyEntrySchema = z.looseObject({
  kind: z.string(),
  startTime: z.number(),
  endTime: z.number(),
  message: z.string().default(""),
  environment: z.record(z.string(), z.string()).default({}),
  config: z.record(z.string(), z.unknown()).default({}),
  result: z.string(),
  resourceChanges: z.record(z.string(), z.number()).default({}),
});

export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** One operation on a stack, from the backend's history. */
export interface Update {
  /** The backend's name for it: nanoseconds since 1970 in a folder, Pulumi Cloud's own number there. */
  readonly id: string;
  readonly entry: HistoryEntry;
  /** Bytes of its checkpoint; undefined where that takes fetching it. */
  readonly size: number | undefined;
}

/** An update with its number, if it is a release. */
export interface NumberedUpdate extends Update {
  readonly release: number | null;
}

/** Operations that leave a resource as it was. */
const harmless: ReadonlySet<string> = new Set(["same", "read", "refresh"]);

/** How many resources an update changed. */
export function changesOf({ resourceChanges }: HistoryEntry): number {
  return Object.entries(resourceChanges).reduce((sum, [operation, count]) => sum + (harmless.has(operation) ? 0 : count), 0);
}

/**
 * Numbers the releases among updates, oldest first: a release is a successful
 * update that changed something. All others are kept, without a number.
 */
export function numberReleases(updates: readonly Update[]): NumberedUpdate[] {
  let newest = 0;
  return updates.map((update) => {
    const { entry } = update;
    const isRelease = entry.kind === "update" && entry.result === "succeeded" && changesOf(entry) > 0;
    if (isRelease) newest += 1;
    return { ...update, release: isRelease ? newest : null };
  });
}
