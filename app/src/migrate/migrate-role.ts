import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../platform/config.ts";
import { connectionOf } from "../platform/db.ts";
import { migrateUndo, migrateUp, migrationStatus, repairIndexes } from "./migrate.ts";

/** A new cluster's database may need a minute to come up. */
const DATABASE_WAIT_MS = 60_000;

/**
 * The role that changes the schema: one line of JSON per migration on standard
 * output.
 *
 * @returns false when the arguments are not understood
 */
export async function runMigrateRole(args: readonly string[]): Promise<boolean> {
  const call = parseCall(args);
  if (call === undefined) return false;
  const print = (record: object) => process.stdout.write(`${JSON.stringify(record)}\n`);
  const config = readConfig(process.env);
  const options = { connection: connectionOf(config), directory: migrationsDirectory(), connectTimeoutMs: DATABASE_WAIT_MS, onReport: print };
  switch (call.action) {
    case "up":
      await migrateUp(options);
      if (config.DB_AUTO_CREATE_INDEXES) for (const index of await repairIndexes(options, { forecastsComposite: config.DB_INDEX_FORECASTS_COMPOSITE })) print({ action: "index-created", index });
      return true;
    case "status":
      for (const status of await migrationStatus(options)) print(status);
      return true;
    case "undo":
      await migrateUndo(options, call);
      return true;
  }
}

type Call = { readonly action: "up" | "status" } | { readonly action: "undo"; readonly to?: string; readonly acceptDataLoss: boolean };

function parseCall([action, ...rest]: readonly string[]): Call | undefined {
  if ((action === "up" || action === "status") && rest.length === 0) return { action };
  if (action !== "undo") return undefined;
  try {
    const { values } = parseArgs({ args: [...rest], options: { to: { type: "string" }, "accept-data-loss": { type: "boolean", default: false } } });
    return { action, acceptDataLoss: values["accept-data-loss"], ...(values.to === undefined ? {} : { to: values.to }) };
  } catch {
    return undefined;
  }
}

/** Beside the bundle, or in the repository. */
export function migrationsDirectory(): string {
  const bundled = join(import.meta.dirname, "migrations");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "../../../migrations");
}
