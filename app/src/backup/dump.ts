import { Readable } from "node:stream";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { type ArchiveHeader, headerLines, LAST_LINE } from "./archive.ts";
import { compress } from "./compression.ts";
import { listColumns, listTables, readContents } from "./contents.ts";

/**
 * The rows of a database as one compressed stream, all as of one moment: the
 * service goes on writing meanwhile.
 *
 * @param client a connection that sees all tenants' rows and is used for nothing else until the stream has ended
 */
export async function dumpRows(client: pg.Client, now: Date): Promise<{ header: ArchiveHeader; stream: Readable }> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const tables = await listTables(client);
  const migrations = (await client.query<{ version: string; checksum: string }>("SELECT version, checksum FROM schema_version WHERE success ORDER BY installed_rank")).rows;
  const header: ArchiveHeader = {
    createdAt: now.toISOString(),
    schemaVersion: migrations.map(({ version }) => version).at(-1) ?? "",
    migrations,
    contents: await readContents(client, tables),
    sequences: await readSequences(client),
  };
  return { header, stream: compress(Readable.from(archiveOf(client, header))) };
}

async function readSequences(client: pg.Client): Promise<ArchiveHeader["sequences"]> {
  const { rows } = await client.query<{ name: string }>("SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences WHERE schemaname IN ('public', 'pgboss') ORDER BY 1");
  const sequences: ArchiveHeader["sequences"] = [];
  for (const { name } of rows) {
    const [state] = (await client.query<{ value: string; called: boolean }>(`SELECT last_value::text AS value, is_called AS called FROM ${name}`)).rows;
    if (state !== undefined) sequences.push({ name, ...state });
  }
  return sequences;
}

async function* archiveOf(client: pg.Client, header: ArchiveHeader): AsyncGenerator<Buffer | string> {
  yield headerLines(header);
  for (const { table } of header.contents) {
    const columns = (await listColumns(client, table)).join(", ");
    yield `COPY ${table} (${columns}) FROM stdin;\n`;
    for await (const rows of client.query(copyTo(`COPY (SELECT ${columns} FROM ONLY ${table}) TO STDOUT`)) as AsyncIterable<Buffer>) yield rows;
    yield "\\.\n";
  }
  for (const { name, value, called } of header.sequences) yield `SELECT pg_catalog.setval('${name}', ${value}, ${called});\n`;
  yield `${LAST_LINE}\n`;
  await client.query("COMMIT");
}
