import { ValidationError } from "@forecast-stack/monitoring/validation/validation-error.ts";
import { BackupError } from "./backup/backup-error.ts";
import { MigrationError } from "./migrate/migration-error.ts";
import { readConfig } from "./platform/config.ts";
import { ConfigError } from "./platform/errors.ts";
import { createLog } from "./platform/log.ts";
import { endOnSignals } from "./platform/shutdown.ts";
import { fieldOf } from "./platform/thrown.ts";

/** Exit codes of sysexits.h: wrong call, wrong configuration. */
const EX_USAGE = 64;
const EX_CONFIG = 78;
const USAGE = `usage: main.js api | worker | api+worker | rollout-controller
       main.js migrate up | migrate status | migrate undo [--to VERSION] [--accept-data-loss]
       main.js backup run | backup create | backup list | backup verify [NAME] | backup restore [NAME] [--keep-schema] | backup prune
       main.js validate JSON`;

/** Each role is loaded when it is asked for: none waits for what only another one needs. */
async function main(args: readonly string[]): Promise<void> {
  const [role, ...rest] = args;
  switch (role) {
    case "api":
    case "worker":
    case "api+worker": {
      const config = readConfig(process.env);
      const log = createLog({ level: config.LOG_LEVEL, role, version: config.APP_VERSION });
      const { startService } = await import("./service.ts");
      const service = await startService(role, config, log);
      endOnSignals((options) => service.stop(options), config.SHUTDOWN_DELAY_MS, log);
      return;
    }
    case "rollout-controller": {
      const config = readConfig(process.env);
      const log = createLog({ level: config.LOG_LEVEL, role, version: config.APP_VERSION });
      const { startRolloutController } = await import("./rollouts/rollout-role.ts");
      const controller = await startRolloutController(config, log);
      endOnSignals((options) => controller.stop(options), 0, log);
      return;
    }
    case "migrate":
      if (await (await import("./migrate/migrate-role.ts")).runMigrateRole(rest)) return;
      break;
    case "backup":
      if (await (await import("./backup/backup-role.ts")).runBackupRole(rest)) return;
      break;
    case "validate":
      if (await (await import("./validation/validate-role.ts")).runValidateRole(rest, process.env)) return;
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
