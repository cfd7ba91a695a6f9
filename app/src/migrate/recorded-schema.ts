import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const file = join(import.meta.dirname, "../../../migrations/schema.sql");
const HEADER = "-- The schema that all migrations make, as lines to compare; recorded by npm run schema:update. It is not a script.\n\n";

/** The recorded schema, without its header; empty when none was recorded. */
export async function readRecordedSchema(): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.startsWith(HEADER) ? text.slice(HEADER.length) : text;
}

/** Records a schema. Called by `npm run schema:update` alone: a test that wrote what it compares with would always pass. */
export async function recordSchema(schema: string): Promise<void> {
  await writeFile(file, HEADER + schema);
}
