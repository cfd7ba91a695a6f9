import { backUpFirst } from "../backup/back-up-first.ts";
import { placeIn } from "../backup/stack-place.ts";
import { migrationImages, runMigrateJob, undoMigrations } from "../migrations/undo.ts";
import { contextOf } from "./cluster.ts";
import type { RollbackPlan } from "./rollback-plan.ts";

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
    const { breaking, missing } = plan.schema;
    this.#undoesFirst = breaking.length > 0 || missing.length > 0;
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
    if (!request.undoMigrations || schema.newer.length === 0 || schema.shared === undefined) return;
    if (schema.newer.some(({ loses }) => loses !== "")) await this.#backup(running);
    this.#note(`taking back migration ${schema.newer.map(({ version }) => version).join(", ")}`);
    const undone = await undoMigrations({ ...target, deployment: running }, schema.shared, request.acceptDataLoss, this.#note, schema.undoImage);
    this.undone = undone.map(({ version }) => version);
  }

  /** Before data go for good, where the stack makes backups itself. */
  async #backup(running: RollbackPlan["today"]): Promise<void> {
    const place = placeIn(running, contextOf(this.#plan.target.update.entry));
    this.#note("backing the database up");
    await backUpFirst(running, place, "before-undo", this.#note);
  }
}
