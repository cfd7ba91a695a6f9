import { backUpFirst } from "../backup/back-up-first.ts";
import { hasSchedule } from "../backup/backups.ts";
import { archivedCluster } from "../backup/operator-backup.ts";
import { placeIn } from "../backup/stack-place.ts";
import { migrationImages, runMigrateJob, undoMigrations } from "../migrations/undo.ts";
import type { Deployment } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { contextOf } from "./cluster.ts";
import type { Obstacle } from "./plan.ts";
import type { RollbackPlan } from "./rollback-plan.ts";
import { riskOfUndo, type SchemaConsent, type SchemaPlan, undoesFirst } from "./schema.ts";

/** Why data must not go: nobody would have made a backup of them. */
export function backupObstacles(schema: SchemaPlan, { undoMigrations, acceptDataLoss }: SchemaConsent, { stack, today, wanted }: { readonly stack: string; readonly today: Deployment; readonly wanted: Deployment }): Obstacle[] {
  if (!undoMigrations || !acceptDataLoss || !schema.newer.some((migration) => riskOfUndo(migration) === "lossy")) return [];
  if (!undoesFirst(schema)) return makesBackups(wanted) ? [] : [{ reason: "That release makes no backups itself, and undoing migrations would lose data without one: leave out --undo-migrations, what is newer does not disturb it." }];
  if (makesBackups(today)) return [];
  return [{ reason: `This stack makes no backups itself, and undoing migrations would lose data without one: back the database up where it is run, take them back with forecastctl migrate undo --to ${schema.shared ?? "VERSION"} --accept-data-loss --stack ${stack}, then go back without --undo-migrations.` }];
}

/** Whether what runs then can be told to back the database up. */
function makesBackups(deployment: Deployment): boolean {
  return archivedCluster(deployment) !== undefined || hasSchedule(deployment);
}

/**
 * What a rollback does to the database's schema. Repeated, it finds what was
 * done already and does nothing.
 *
 *   the target cannot work with what is there:  undo ─> missing ones ─> replay
 *   it can, but what is newer is to go:         missing ones ─> replay ─> undo
 *
 * The second order never takes away what running pods still use.
 */
export class SchemaChange {
  readonly #plan: RollbackPlan;
  readonly #note: (message: string) => void;
  readonly #undoesFirst: boolean;
  undone: readonly string[] = [];
  applied: readonly string[] = [];

  constructor(plan: RollbackPlan, note: (message: string) => void) {
    this.#plan = plan;
    this.#note = note;
    this.#undoesFirst = undoesFirst(plan.schema);
  }

  /** To be done before any pod of the target starts. */
  async before(): Promise<void> {
    const { schema, request, target, today } = this.#plan;
    if (this.#undoesFirst) await this.#undo(today);
    if (schema.missing.length === 0 || request.only !== undefined) return;
    this.#note(`applying migration ${schema.missing.join(", ")}`);
    // With what runs now, but the image that has these migrations.
    const [image] = migrationImages(target.deployment);
    const printed = await runMigrateJob({ ...target, deployment: today }, ["up"], this.#note, image);
    this.applied = printed.map(({ version }) => String(version));
  }

  /** To be done once the target's pods have replaced the others. */
  async after(): Promise<void> {
    if (!this.#undoesFirst) await this.#undo(this.#plan.wanted);
  }

  /** @param running what runs at that moment */
  async #undo(running: RollbackPlan["today"]): Promise<void> {
    const { request, schema, target } = this.#plan;
    if (!request.undoMigrations || schema.newer.length === 0) return;
    if (schema.shared === undefined) throw new ReleaseError("There is no migration down to which the newer ones could be taken back.");
    if (schema.newer.some((migration) => riskOfUndo(migration) === "lossy")) await this.#backup(running);
    this.#note(`taking back migration ${schema.newer.map(({ version }) => version).join(", ")}`);
    const undone = await undoMigrations({ ...target, deployment: running }, schema.shared, request.acceptDataLoss, this.#note, schema.undoImage);
    this.undone = undone.map(({ version }) => version);
  }

  /** Before data go for good. */
  async #backup(running: RollbackPlan["today"]): Promise<void> {
    const place = placeIn(running, contextOf(this.#plan.target.update.entry));
    this.#note("backing the database up");
    const made = await backUpFirst(running, place, "before-undo", this.#note);
    if (made === undefined) throw new ReleaseError("No backup could be made before data go: the stack has no schedule of backups.");
  }
}
