import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { z } from "zod";
import { type Deployment, outputsOf } from "../releases/checkpoint.ts";

const recordedSchema = z.array(z.object({ version: z.string(), kind: z.enum(["expand", "contract"]), after: z.string().nullable().default(null), checksum: z.string().default(""), undoChecksum: z.string().default("") }));

export type RecordedMigration = z.infer<typeof recordedSchema>[number];

/** The migrations that a release's source had. */
export function recordedMigrations(deployment: Deployment): RecordedMigration[] {
  return recordedSchema.safeParse(outputsOf(deployment)["migrations"]).data ?? [];
}

/** A release that somebody may still want to go back to. */
export interface WindowRelease {
  readonly release: number;
  readonly migrations: readonly RecordedMigration[];
}

/**
 * Why migrations that take something away cannot be applied yet: a release that
 * can still be gone back to needs it.
 *
 * @param pending what the deploy would apply
 * @param window the releases that must stay possible
 */
export function contractObstacles(pending: readonly RecordedMigration[], window: readonly WindowRelease[]): string[] {
  return pending
    .filter(({ kind }) => kind === "contract")
    .flatMap(({ version, after }) => {
      const needing = window.filter(({ migrations }) => !migrations.some((known) => known.version === version || (after !== null && compareVersions(known.version, after) >= 0)));
      return needing.length === 0 ? [] : [`Migration ${version} takes away what release ${needing.map(({ release }) => release).join(", ")} needs, which can still be gone back to: deploy it once these are out of the window (--window).`];
    });
}
