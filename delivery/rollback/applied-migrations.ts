import { z } from "zod";
import { migrationImages } from "../migrations/undo.ts";
import { type RecordedMigration, recordedMigrations } from "../migrations/recorded-migrations.ts";
import type { Deployment } from "../releases/checkpoint.ts";
import type { ReadRelease, ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";
import { postgresNamespace, runInPostgres } from "./postgres-pod.ts";
import type { AppliedMigration } from "./schema.ts";

/** What was found out about the database's schema. */
export interface DatabaseSchema {
  readonly applied: readonly AppliedMigration[];
  /** Where that is from: the database, or the newest release's record where it cannot be asked. */
  readonly source: "database" | "record";
  /** The image that knows how to undo what the target did not have; undefined when there is nothing to undo. */
  readonly undoImage: string | undefined;
}

/** Columns that a database may not have yet are read through JSON. */
const STATEMENT = `
  SELECT coalesce(json_agg(json_build_object('version', version, 'kind', to_jsonb(v) ->> 'kind', 'after', to_jsonb(v) ->> 'after_version') ORDER BY installed_rank), '[]')
  FROM schema_version v WHERE success`;

const rowsSchema = z.array(z.object({ version: z.string(), kind: z.enum(["expand", "contract"]).nullable(), after: z.string().nullable() }));

/**
 * The migrations that the database has. It is asked itself where it can be: a
 * failed update may have applied some that no release records, and a rollback
 * leaves those of newer releases.
 */
export async function readSchema(history: ReleaseHistory, releases: readonly NumberedUpdate[], { target, today, latest }: { readonly target: ReadRelease; readonly today: Deployment; readonly latest: ReadRelease }, context: string | undefined): Promise<DatabaseSchema> {
  const rows = await askDatabase(today, context);
  const wanted = new Set(recordedMigrations(target.deployment).map(({ version }) => version));
  const newer = (rows ?? recordedMigrations(latest.deployment)).map(({ version }) => version).filter((version) => !wanted.has(version));
  const { records, image } = await recordsOf(history, releases, newer);
  const applied = (rows ?? recordedMigrations(latest.deployment)).map(({ version, kind, after }): AppliedMigration => {
    const recorded = records.get(version);
    // What nobody can tell of is taken for the worse.
    return { version, kind: kind ?? recorded?.kind ?? "contract", after: after ?? recorded?.after ?? null, loses: recorded?.loses };
  });
  const recordedImages = migrationImages(latest.deployment);
  const ofFailedUpdate = migrationImages(today).find((one) => !recordedImages.includes(one));
  return { applied, source: rows === undefined ? "record" : "database", undoImage: newer.length === 0 ? undefined : (image ?? ofFailedUpdate) };
}

async function askDatabase(today: Deployment, context: string | undefined): Promise<z.infer<typeof rowsSchema> | undefined> {
  const namespace = postgresNamespace(today);
  if (namespace === undefined) return undefined;
  // A database that is down is a reason to go back, not to refuse it. The statement prints something in any case: without that it was not answered.
  const printed = await runInPostgres(context, namespace, "forecast", STATEMENT).catch(() => "");
  return printed === "" ? undefined : rowsSchema.parse(JSON.parse(printed));
}

/** What releases recorded of migrations, newest release first, and the image of the newest one that had them all. */
async function recordsOf(history: ReleaseHistory, releases: readonly NumberedUpdate[], versions: readonly string[]): Promise<{ readonly records: ReadonlyMap<string, RecordedMigration>; readonly image: string | undefined }> {
  const records = new Map<string, RecordedMigration>();
  if (versions.length === 0) return { records, image: undefined };
  for (const update of releases.toReversed()) {
    const { deployment } = await history.read(update);
    const had = recordedMigrations(deployment).filter(({ version }) => versions.includes(version));
    for (const migration of had) if (!records.has(migration.version)) records.set(migration.version, migration);
    if (had.length === versions.length) return { records, image: migrationImages(deployment)[0] };
  }
  return { records, image: undefined };
}
