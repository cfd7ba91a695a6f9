import type pg from "pg";
import type { Manifest } from "../store.ts";

const sql = `
  INSERT INTO backups (name, created_at, bytes, schema_version, checked_at, intact) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (name) DO UPDATE SET checked_at = excluded.checked_at, intact = excluded.intact`;

/** Lets the metrics know of a backup; a schema that is older than the table has nothing to write to. */
export async function recordBackup(client: pg.Client, { name, createdAt, bytes, schemaVersion, checked }: Manifest): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>("SELECT to_regclass('backups') IS NOT NULL AS exists");
  if (rows[0]?.exists === true) await client.query(sql, [name, createdAt, bytes, schemaVersion, checked?.at ?? null, checked?.intact ?? null]);
}
