import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { z } from "zod";
import { recordChange } from "../audit/record-change.ts";
import type { Config } from "../platform/config.ts";
import { type CsvKind, importCsv } from "../platform/csv-import.ts";
import { isDeadlock } from "../platform/deadlock.ts";
import { UnavailableError, UnsupportedMediaTypeError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";

/** What an import route works with. */
export interface ImportContext {
  readonly config: Pick<Config, "IMPORT_MAX_BYTES" | "IMPORT_MAX_ERRORS">;
  readonly metrics: Metrics;
  readonly log: Log;
}

const importReply = z.object({
  imported: z.int(),
  rejected: z.int(),
  errors: z.array(z.object({ row: z.int(), column: z.string().nullable(), value: z.string().nullable(), message: z.string() })),
});

/**
 * `POST /api/<name>/import`, a CSV import: body text/csv, answer
 * `{imported, rejected, errors: [{row, column, value, message}]}`. The audit log
 * gets an entry for each thing that became another one, and one with the counts.
 *
 * @param afterwards what must hear of a tenant's new rows, for example caches
 */
export function importRoute<Row>(name: "items" | "inventory" | "demand" | "transactions", kind: CsvKind<Row>, context: ImportContext, afterwards: (tenant: string) => Promise<void>): Route {
  const { config, metrics, log } = context;
  return route({
    method: "post",
    path: `/api/${name}/import`,
    access: "staff",
    tag: name === "transactions" ? "inventory" : name,
    summary: `Import ${name} from a CSV with the columns ${[...kind.required, ...kind.optional.map((column) => `[${column}]`)].join(", ")}.`,
    upload: "text/csv",
    answers: { 200: { description: "How many rows were imported, and what is wrong with the others.", schema: importReply } },
    handle: async ({ request, response, principal, database }) => {
      if (request.is("text/csv") === false) throw new UnsupportedMediaTypeError("Send the file as it is, with Content-Type: text/csv.");
      const stop = metrics.import_duration_seconds.startTimer({ kind: name });
      const importer = { principal, requestId: requestIdOf(response) };
      try {
        const result = await importCsv(request, kind, database, {
          importer,
          limits: { maxBytes: config.IMPORT_MAX_BYTES, maxErrors: config.IMPORT_MAX_ERRORS },
          finish: (transaction, { imported, rejected }) => recordChange(transaction, importer, { action: "import", entity: name, entityId: importer.requestId, before: null, after: { imported, rejected } }),
        });
        stop({ outcome: "committed" });
        metrics.import_rows_total.inc({ kind: name, outcome: "imported" }, result.imported);
        metrics.import_rows_total.inc({ kind: name, outcome: "rejected" }, result.rejected);
        log.info({ kind: name, imported: result.imported, rejected: result.rejected }, "import committed");
        await afterwards(database.tenant);
        response.json(result);
      } catch (error) {
        stop({ outcome: "rolled-back" });
        if (isDeadlock(error)) throw new UnavailableError("Something else changed the same rows at the same time. Nothing was imported; send the file again.", error);
        throw error;
      }
    },
  });
}
