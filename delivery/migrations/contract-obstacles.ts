import { needsWhatWasTaken, type RecordedMigration } from "./recorded-migrations.ts";

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
export function contractObstacles(pending: readonly Pick<RecordedMigration, "version" | "kind" | "after">[], window: readonly WindowRelease[]): string[] {
  return pending.flatMap((migration) => {
    const needing = window.filter(({ migrations }) => needsWhatWasTaken(migrations, migration));
    return needing.length === 0 ? [] : [`Migration ${migration.version} takes away what release ${needing.map(({ release }) => release).join(", ")} needs, which can still be gone back to: deploy it once these are out of the window (--window).`];
  });
}
