import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { z } from "zod";
import { type Deployment, outputsOf } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";

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

/**
 * The migrations that a release's source had, oldest first; none where it is
 * from before they were recorded.
 *
 * @throws ReleaseError when they are recorded in a form that this program does
 * not read: taken for none, a rollback would not see what the database has
 */
export function recordedMigrations(deployment: Deployment): RecordedMigration[] {
  const { success, data, error } = recordedSchema.safeParse(outputsOf(deployment)["migrations"] ?? []);
  if (success) return data;
  const [issue] = error.issues;
  throw new ReleaseError(`The release's record of its migrations cannot be read (${["migrations", ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? ""}), so that nobody can tell what its database needs; use the forecastctl of the source that made it.`);
}

/** Whether a migration takes something away that a release with the `known` ones cannot do without. */
export function needsWhatWasTaken(known: readonly Pick<RecordedMigration, "version">[], { version, kind, after }: Pick<RecordedMigration, "version" | "kind" | "after">): boolean {
  return kind === "contract" && !known.some((one) => one.version === version || (after !== null && compareVersions(one.version, after) >= 0));
}
