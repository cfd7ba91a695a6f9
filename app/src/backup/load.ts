import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type ArchiveHeader, type ArchiveReader, LAST_LINE } from "./archive.ts";
import { BackupError } from "./backup-error.ts";
import { listTables, readContents } from "./contents.ts";

const copyLine = /^COPY (?<table>[\w."]+) \((?<columns>[^)]+)\) FROM stdin;$/;

/**
 * Puts an archive's rows into a database whose schema is the archive's, in
 * place of whatever its migrations put there, and compares what arrived.
 *
 * @param client a superuser's connection
 * @throws BackupError when the rows are not those that were backed up
 */
export async function loadRows(client: pg.Client, reader: ArchiveReader, header: ArchiveHeader): Promise<void> {
  // Rows come in the order of the tables' names: what they refer to may come later. No trigger may add to them.
  await client.query("SET session_replication_role = replica");
  const tables = await listTables(client);
  const missing = header.contents.find(({ table }) => !tables.includes(table));
  if (missing !== undefined) throw new BackupError("damaged", `The backup has a table ${missing.table} that its migrations do not make.`);
  await client.query(`TRUNCATE ${tables.join(", ")}`);
  for (let line = await reader.line(); line !== LAST_LINE; line = await reader.line()) {
    const copy = copyLine.exec(line)?.groups;
    if (copy !== undefined) await pipeline(Readable.from(reader.rows()), client.query(copyFrom(`COPY ${copy["table"] ?? ""} (${copy["columns"] ?? ""}) FROM STDIN`)));
  }
  for (const { name, value, called } of header.sequences) await client.query("SELECT setval($1, $2, $3)", [name, value, called]);
  const arrived = await readContents(client, header.contents.map(({ table }) => table));
  const different = header.contents.filter((wanted, index) => arrived[index]?.rows !== wanted.rows || arrived[index].checksum !== wanted.checksum);
  if (different.length > 0) throw new BackupError("damaged", `The rows of ${different.map(({ table }) => table).join(", ")} are not those that were backed up.`);
  await client.query("ANALYZE");
}
