import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { needsWhatWasTaken, type RecordedMigration, recordedMigrations } from "../migrations/recorded-migrations.ts";
import { type Deployment, outputsOf } from "../releases/checkpoint.ts";
import type { Obstacle, Risk } from "./plan.ts";

/** A migration that the database has. */
export interface AppliedMigration extends Pick<RecordedMigration, "version" | "kind" | "after"> {
  /** What its undo loses, empty when nothing; undefined when no release recorded it. */
  readonly loses: string | undefined;
}

/** What going back means for the database's schema. */
export interface SchemaPlan {
  /** The newest migration that the database has; undefined when it has none. */
  readonly today: string | undefined;
  /** The newest one that the target's source had; undefined when it recorded none. */
  readonly target: string | undefined;
  /** The newest one that the database has and the target had too: what an undo of the newer ones leaves. */
  readonly shared: string | undefined;
  /** The oldest schema that the target's service works with; undefined when it recorded none. */
  readonly oldest: string | undefined;
  /** Migrations that the target did not have, newest first. */
  readonly newer: readonly AppliedMigration[];
  /** Versions of those that took away what the target needs, oldest first. */
  readonly breaking: readonly string[];
  /** Versions that the target had and the database has not, oldest first. */
  readonly missing: readonly string[];
}

/** How sure it is that what an undo takes away can be brought back; what nobody recorded is taken for the worse. */
export function riskOfUndo({ loses }: Pick<AppliedMigration, "loses">): Risk {
  return loses === "" ? "reversible" : "lossy";
}

/** Whether a wanted undo must come before the target's pods, which could not work otherwise. */
export function undoesFirst({ breaking, missing }: Pick<SchemaPlan, "breaking" | "missing">): boolean {
  return breaking.length > 0 || missing.length > 0;
}

/** What somebody allows to be done to the schema, and to what part of the stack. */
export interface SchemaConsent {
  readonly undoMigrations: boolean;
  readonly acceptDataLoss: boolean;
  readonly only: string | undefined;
}

/** Compares what the database has with what the target's source had. */
export function planSchema(target: Deployment, applied: readonly AppliedMigration[]): SchemaPlan {
  const known = recordedMigrations(target);
  const versions = new Set(known.map(({ version }) => version));
  const newer = known.length === 0 ? [] : applied.filter(({ version }) => !versions.has(version)).toSorted((a, b) => compareVersions(b.version, a.version));
  const { oldest } = (outputsOf(target)["schemaRange"] ?? {}) as { readonly oldest?: unknown };
  return {
    today: newestOf(applied),
    target: newestOf(known),
    shared: newestOf(applied.filter(({ version }) => versions.has(version))),
    oldest: typeof oldest === "string" ? oldest : undefined,
    newer,
    breaking: newer.filter((migration) => needsWhatWasTaken(known, migration)).map(({ version }) => version).toReversed(),
    missing: known.filter(({ version }) => !applied.some((one) => one.version === version)).map(({ version }) => version),
  };
}

/** Why the target would not work with the schema that it would find, and what can be done about it. */
export function schemaObstacles({ today, target, shared, oldest, newer, breaking, missing }: SchemaPlan, { undoMigrations, acceptDataLoss, only }: SchemaConsent): Obstacle[] {
  if (only !== undefined) {
    if (undoMigrations) return [{ reason: "--undo-migrations takes the whole stack back: leave out --only." }];
    if (missing.length > 0 && oldest !== undefined && compareVersions(today ?? "0", oldest) < 0) return [{ reason: `The database's schema is ${today ?? "empty"}, and ${only} of that release needs ${oldest}: go there without --only, which applies what is missing (${missing.join(", ")}).` }];
  }
  if (undoMigrations && newer.length > 0 && shared === undefined) return [{ reason: `The database has no migration that that release had, so there is none down to which ${newer.map(({ version }) => version).join(", ")} could be taken back: put back a backup of that release's time, forecastctl backup restore NAME --keep-schema.` }];
  const lossy = newer.filter((migration) => riskOfUndo(migration) === "lossy").toReversed();
  const losses = lossy.map(({ version, loses = "nobody recorded what" }) => `${version}: ${loses}`).join(" ");
  if (undoMigrations) return lossy.length === 0 || acceptDataLoss ? [] : [{ reason: `Undoing migrations would lose data. Add --accept-data-loss if that may go: ${losses}` }];
  if (missing.length > 0 && newer.length > 0) return [{ reason: `The database lacks migration ${missing.join(", ")} of that release, and has ${losses === "" ? newer.map(({ version }) => version).join(", ") : losses} that it does not know: take those back with --undo-migrations${lossy.length === 0 ? "" : " --accept-data-loss"}.` }];
  if (breaking.length === 0) return [];
  return [
    {
      reason: `The database's schema is ${today ?? "empty"}, and that release works with ${oldest ?? target ?? "an older one"} up to ${target ?? "it"} and what only adds to it: migration ${breaking.join(", ")} took away what it needs. Either take the newer migrations back with --undo-migrations (${lossy.length === 0 ? "nothing is lost" : `with --accept-data-loss: ${losses}`}), or put back a backup from before them, forecastctl backup restore NAME --keep-schema.`,
    },
  ];
}

function newestOf(migrations: readonly { readonly version: string }[]): string | undefined {
  return migrations.map(({ version }) => version).toSorted(compareVersions).at(-1);
}
