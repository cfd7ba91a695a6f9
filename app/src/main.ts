import { existsSync } from "node:fs";
import { join } from "node:path";
import { migrateUndo, migrateUp } from "./migrate/migrate.ts";
import { MigrationError } from "./migrate/migration-error.ts";
import { readConfig } from "./platform/config.ts";
import { connectionOf } from "./platform/db.ts";
import { ConfigError } from "./platform/errors.ts";
import { createLog } from "./platform/log.ts";
import { endOnSignals } from "./platform/shutdown.ts";
import { fieldOf } from "./platform/thrown.ts";
import { startService } from "./service.ts";

/** Exit codes of sysexits.h: wrong call, wrong configuration. */
const EX_USAGE = 64;
const EX_CONFIG = 78;
const USAGE = "usage: main.js api | worker | api+worker | migrate up | migrate undo";
/** A new cluster's database may need a minute to come up. */
const DATABASE_WAIT_MS = 60_000;

async function main(args: readonly string[]): Promise<void> {
  const [role, action] = args;
  switch (role) {
    case "api":
    case "worker":
    case "api+worker": {
      const config = readConfig(process.env);
      const log = createLog({ level: config.LOG_LEVEL, role, version: config.APP_VERSION });
      const service = await startService(role, config, log);
      endOnSignals((options) => service.stop(options), config.SHUTDOWN_DELAY_MS, log);
      return;
    }
    case "migrate":
      if (action === "up" || action === "undo") return migrate(action);
  }
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = EX_USAGE;
}

async function migrate(action: "up" | "undo"): Promise<void> {
  const config = readConfig(process.env);
  const options = {
    connection: connectionOf(config),
    directory: migrationsDirectory(),
    connectTimeoutMs: DATABASE_WAIT_MS,
    onReport: (report: object) => process.stdout.write(`${JSON.stringify(report)}\n`),
  };
  await (action === "up" ? migrateUp(options) : migrateUndo(options));
}

/** Beside the bundle, or in the repository. */
function migrationsDirectory(): string {
  const bundled = join(import.meta.dirname, "migrations");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "../../migrations");
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof MigrationError;
  process.stderr.write(`${expected ? error.message : String(fieldOf(error, "stack") ?? error)}\n`);
  process.exit(error instanceof ConfigError ? EX_CONFIG : 1);
}
