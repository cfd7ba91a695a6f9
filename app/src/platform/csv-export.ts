import { once } from "node:events";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import type { Response } from "express";
import { escapeFormula } from "./csv-formula.ts";
import type { TenantDatabase } from "./db.ts";
import { fieldOf } from "./thrown.ts";

/** The rows of a CSV file: a statement whose columns are the file's, in the file's order. */
export interface CsvSource {
  /** The file's name without `.csv`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * Answers with the rows of `source` as text/csv (RFC 4180, with a header) while
 * they are read: memory does not depend on their number. When the database fails
 * on the way the connection breaks, so that a part is never taken for the whole.
 */
export async function sendCsv(response: Response, database: TenantDatabase, { name, columns, sql, values }: CsvSource): Promise<void> {
  await database.stream(sql, values, async (rows: Readable) => {
    // The first rows, or why there are none: until then the answer can still be a problem.
    await once(rows, "readable");
    response.attachment(`${name}.csv`).type("text/csv");
    const csv = stringify({
      header: true,
      columns: [...columns],
      cast: { string: (text, { header }) => (header ? text : escapeFormula(text)), boolean: String, date: (moment) => moment.toISOString() },
    });
    try {
      await pipeline(rows, csv, response);
    } catch (error) {
      // Whoever asked has gone; nobody is left to tell.
      if (fieldOf(error, "code") !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    }
  });
}
