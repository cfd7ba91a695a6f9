import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { RequestHandler } from "express";
import type { Config } from "./config.ts";
import { type CsvKind, importCsv } from "./csv-import.ts";
import type { Database } from "./db.ts";
import { UnsupportedMediaTypeError } from "./errors.ts";
import type { Log } from "./log.ts";

/** What an import route works with. */
export interface ImportContext {
  readonly config: Pick<Config, "IMPORT_MAX_BYTES" | "IMPORT_MAX_ERRORS">;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * The handler of a CSV import: body text/csv, answer
 * `{imported, rejected, errors: [{row, column, value, message}]}`.
 *
 * @param afterwards what must hear of the new rows, for example caches
 */
export function importRoute<Row>(name: "items" | "inventory" | "demand", kind: CsvKind<Row>, context: ImportContext, afterwards: () => Promise<void>): RequestHandler {
  const { config, database, metrics, log } = context;
  return async (request, response) => {
    if (request.is("text/csv") === false) throw new UnsupportedMediaTypeError("Send the file as it is, with Content-Type: text/csv.");
    const stop = metrics.import_duration_seconds.startTimer({ kind: name });
    try {
      const result = await importCsv(request, kind, database, { maxBytes: config.IMPORT_MAX_BYTES, maxErrors: config.IMPORT_MAX_ERRORS });
      stop({ outcome: "committed" });
      metrics.import_rows_total.inc({ kind: name, outcome: "imported" }, result.imported);
      metrics.import_rows_total.inc({ kind: name, outcome: "rejected" }, result.rejected);
      log.info({ kind: name, imported: result.imported, rejected: result.rejected }, "import committed");
      await afterwards();
      response.json(result);
    } catch (error) {
      stop({ outcome: "rolled-back" });
      throw error;
    }
  };
}
