import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { z } from "zod";
import { type Deployment, outputsOf } from "../releases/checkpoint.ts";

const recordedSchema = z.array(
  z.object({
    version: z.string(),
    kind: z.enum(["expand", "contract"]),
    after: z.string().nullable().default(null),
    lossless: z.boolean().default(false),
    loses: z.string().default("what was changed since"),
    checksum: z.string().default(""),
    undoChecksum: z.string().default(""),
  }),
);

/** A migration as a release records it: what it does, and what its undo loses. */
export type RecordedMigration = z.infer<typeof recordedSchema>[number];

/** The migrations that a release's source had, oldest first. */
export function recordedMigrations(deployment: Deployment): RecordedMigration[] {
  return recordedSchema.safeParse(outputsOf(deployment)["migrations"]).data ?? [];
}

/** Whether a migration takes something away that a release with the `known` ones cannot do without. */
export function needsWhatWasTaken(known: readonly Pick<RecordedMigration, "version">[], { version, kind, after }: Pick<RecordedMigration, "version" | "kind" | "after">): boolean {
  return kind === "contract" && !known.some((one) => one.version === version || (after !== null && compareVersions(one.version, after) >= 0));
}
