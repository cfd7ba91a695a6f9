import { Transform, type Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { z } from "zod";
import { unescapeFormula } from "./csv-formula.ts";
import type { Queryable, TenantDatabase } from "./db.ts";
import { InvalidRequestError, TooLargeError } from "./errors.ts";
import type { Principal } from "./principal.ts";

/** A row that passed its schema, with its line in the file. */
export interface NumberedRow<Row> {
  readonly row: number;
  readonly value: Row;
}

/** What is wrong with one row. `row` is its line in the file; the header is line 1. */
export interface RowError {
  readonly row: number;
  /** Null when the row as a whole is wrong. */
  readonly column: string | null;
  readonly value: string | null;
  readonly message: string;
}

export interface ImportResult {
  readonly imported: number;
  readonly rejected: number;
  /** The first rejected rows, at most IMPORT_MAX_ERRORS. */
  readonly errors: readonly RowError[];
}

/** Who imports, and in which request. */
export interface Importer {
  readonly principal: Principal;
  readonly requestId: string;
}

interface Columns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** One kind of CSV: its columns, the schema of a row and how rows are stored. */
export interface CsvKind<Row> extends Columns {
  readonly row: z.ZodType<Row>;
  /** Rows of one key describe the same thing: of several in one file the last counts. Without it every row counts. */
  readonly keyOf?: (row: Row) => string;
  /** Done once in the transaction, before rows are stored. */
  readonly prepare?: (transaction: Queryable) => Promise<void>;
  /** Stores rows with distinct keys, and leaves in the audit log what they changed; returns what is wrong with those it could not store. */
  readonly store: (transaction: Queryable, importer: Importer, rows: readonly NumberedRow<Row>[]) => Promise<readonly RowError[]>;
  /** Done once in the transaction, after the last rows are stored. */
  readonly conclude?: (transaction: Queryable, importer: Importer) => Promise<void>;
}

/** Rows that one statement stores. */
const CHUNK = 1_000;
const MAX_RECORD_CHARACTERS = 65_536;

/**
 * Reads a CSV as it arrives and stores its good rows, all in one transaction:
 * an upload that breaks off leaves nothing behind. Bad rows are listed, and a
 * row is stored whole or not at all. Memory does not depend on the file's size.
 *
 * @param finish the last that is done in the transaction, with what was imported
 * @throws InvalidRequestError when it is not a CSV with the right header
 * @throws TooLargeError when it has more than `maxBytes`
 */
export async function importCsv<Row>(
  input: Readable,
  kind: CsvKind<Row>,
  database: TenantDatabase,
  { importer, limits, finish }: { importer: Importer; limits: { maxBytes: number; maxErrors: number }; finish: (transaction: Queryable, result: ImportResult) => Promise<void> },
): Promise<ImportResult> {
  const result = { imported: 0, rejected: 0, errors: [] as RowError[] };
  const reject = (error: RowError) => {
    result.rejected += 1;
    if (result.errors.length < limits.maxErrors) result.errors.push(error);
  };
  await database.transaction(async (transaction) => {
    await kind.prepare?.(transaction);
    let chunk: NumberedRow<Row>[] = [];
    const flush = async () => {
      const refused = await kind.store(transaction, importer, kind.keyOf === undefined ? chunk : latestOf(chunk, kind.keyOf));
      refused.forEach(reject);
      result.imported += chunk.length - refused.length;
      chunk = [];
    };
    for await (const { row, cells } of readRecords(input, kind, limits.maxBytes)) {
      const checked = "message" in cells ? { error: cells } : checkRow(kind, row, cells);
      if ("error" in checked) reject(checked.error);
      else chunk.push(checked);
      if (chunk.length === CHUNK) await flush();
    }
    if (chunk.length > 0) await flush();
    await kind.conclude?.(transaction, importer);
    await finish(transaction, result);
  });
  // A chunk may find errors after later ones were found in reading.
  result.errors.sort((a, b) => a.row - b.row);
  return result;
}

function latestOf<Row>(rows: readonly NumberedRow<Row>[], keyOf: (row: Row) => string): NumberedRow<Row>[] {
  return [...new Map(rows.map((row) => [keyOf(row.value), row])).values()];
}

type Cells = readonly (readonly [column: string, text: string])[];

/** The records after the header, each as named cells, or as what is wrong with its number of cells. */
async function* readRecords(input: Readable, columns: Columns, maxBytes: number): AsyncGenerator<{ row: number; cells: Cells | RowError }> {
  const parser = parse({ bom: true, trim: true, info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: MAX_RECORD_CHARACTERS });
  const limited = limitBytes(maxBytes);
  // Node.js calls it ECONNRESET, which must not be taken for the database's connection.
  const breakOff = () => parser.destroy(new InvalidRequestError("The upload broke off before its end. Nothing was imported."));
  input.once("error", breakOff);
  limited.once("error", (error) => parser.destroy(error));
  input.pipe(limited).pipe(parser);
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header === undefined) {
        header = checkHeader(columns, record);
        continue;
      }
      const names = header;
      if (record.length === names.length) yield { row: info.lines, cells: record.map((text, index) => [names[index] ?? "", unescapeFormula(text)] as const) };
      else yield { row: info.lines, cells: { row: info.lines, column: null, value: null, message: `has ${record.length} cells, the header ${names.length}` } };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new InvalidRequestError(`The file is not a CSV: ${error.message}. Nothing was imported.`);
    throw error;
  } finally {
    input.removeListener("error", breakOff);
    input.unpipe(limited);
    parser.destroy();
  }
  if (header === undefined) throw new InvalidRequestError(`The file is empty; its first line must name the columns ${columns.required.join(", ")}.`);
}

function checkHeader(columns: Columns, header: readonly string[]): readonly string[] {
  const known = [...columns.required, ...columns.optional];
  const missing = columns.required.filter((name) => !header.includes(name));
  const unknown = header.filter((name, index) => !known.includes(name) || header.indexOf(name) !== index);
  if (missing.length === 0 && unknown.length === 0) return header;
  const faults = [missing.length > 0 ? `it lacks ${missing.join(", ")}` : "", unknown.length > 0 ? `it has ${unknown.join(", ")}` : ""].filter((fault) => fault !== "");
  throw new InvalidRequestError(`The header is wrong: ${faults.join(" and ")}. Allowed are ${known.join(", ")}, each once; ${columns.required.join(", ")} must be there.`);
}

function checkRow<Row>(kind: CsvKind<Row>, row: number, cells: Cells): NumberedRow<Row> | { error: RowError } {
  // An empty cell says nothing, like a column that is not there.
  const given = Object.fromEntries(cells.filter(([, text]) => text !== ""));
  const parsed = kind.row.safeParse(given);
  if (parsed.success) return { row, value: parsed.data };
  const [issue] = parsed.error.issues;
  const column = issue?.path[0] === undefined ? null : String(issue.path[0]);
  const value = column === null ? null : (given[column] ?? null);
  const message = value === null && column !== null ? `${column} is missing` : `${column ?? "the row"} is ${JSON.stringify(value)}: it ${issue?.message ?? "is wrong"}`;
  return { error: { row, column, value, message } };
}

function limitBytes(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      if (bytes > maxBytes) callback(new TooLargeError(`The file has more than ${maxBytes} bytes. Nothing was imported.`));
      else callback(null, chunk);
    },
  });
}
