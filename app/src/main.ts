import { ValidationError } from "@forecast-stack/monitoring/validation/validation-error.ts";
import { BackupError } from "./backup/backup-error.ts";
import { BACKUP_USAGE, runBackupRole } from "./backup/backup-role.ts";
import { MIGRATE_USAGE, runMigrateRole } from "./migrate/migrate-role.ts";
import { MigrationError } from "./migrate/migration-error.ts";
import { readConfig } from "./platform/config.ts";
import { ConfigError } from "./platform/errors.ts";
import { createLog } from "./platform/log.ts";
import { endOnSignals } from "./platform/shutdown.ts";
import { fieldOf } from "./platform/thrown.ts";
import { startRolloutController } from "./rollouts/rollout-role.ts";
import { startService } from "./service.ts";
import { runValidateRole, VALIDATE_USAGE } from "./validation/validate-role.ts";

/** Exit codes of sysexits.h: wrong call, wrong configuration. */
const EX_USAGE = 64;
const EX_CONFIG = 78;
const USAGE = `usage: main.js api | worker | api+worker | rollout-controller | ${MIGRATE_USAGE} | ${BACKUP_USAGE} | ${VALIDATE_USAGE}`;

async function main(args: readonly string[]): Promise<void> {
  const [role, ...rest] = args;
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
    case "rollout-controller": {
      const config = readConfig(process.env);
      const log = createLog({ level: config.LOG_LEVEL, role, version: config.APP_VERSION });
      const controller = await startRolloutController(config, log);
      endOnSignals((options) => controller.stop(options), 0, log);
      return;
    }
    case "migrate":
      if (await runMigrateRole(rest)) return;
      break;
    case "backup":
      if (await runBackupRole(rest)) return;
      break;
    case "validate":
      if (await runValidateRole(rest, process.env)) return;
  }
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = EX_USAGE;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof MigrationError || error instanceof BackupError || error instanceof ValidationError;
  process.stderr.write(`${expected ? error.message : String(fieldOf(error, "stack") ?? error)}\n`);
  process.exit(error instanceof ConfigError ? EX_CONFIG : error instanceof BackupError ? error.exitCode : 1);
}
