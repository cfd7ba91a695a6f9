import { readConfig } from "../platform/config.ts";
import { readBackupConfig } from "./backup-config.ts";
import { Backups } from "./backups.ts";

const KEEP_SCHEMA = "--keep-schema";

/**
 * The role that makes and restores backups: one line of JSON per result on
 * standard output.
 *
 * @returns false when the arguments are not understood
 */
export async function runBackupRole([action, ...args]: readonly string[]): Promise<boolean> {
  const keepSchema = action === "restore" && args.includes(KEEP_SCHEMA);
  const [name, ...rest] = args.filter((arg) => !(keepSchema && arg === KEEP_SCHEMA));
  const named = action === "verify" || action === "restore";
  if (rest.length > 0 || (name !== undefined && !named)) return false;
  const { parts, retention } = readBackupConfig(process.env, readConfig(process.env));
  const backups = new Backups(parts);
  const print = (result: object) => process.stdout.write(`${JSON.stringify(result)}\n`);
  const prune = async () => {
    const { removed, remains } = await backups.prune(retention);
    for (const manifest of removed) print({ removed: manifest });
    for (const remainder of remains) print({ remains: remainder });
  };
  switch (action) {
    case "run": {
      const { name: made } = await backups.create();
      print({ verified: await backups.verify(made) });
      await prune();
      return true;
    }
    case "create":
      print({ created: await backups.create() });
      return true;
    case "list": {
      const { complete, damaged } = await backups.list();
      for (const manifest of complete) print({ backup: manifest });
      for (const unreadable of damaged) print({ damaged: unreadable });
      return true;
    }
    case "verify":
      print({ verified: await backups.verify(name) });
      return true;
    case "restore":
      print({ restored: await backups.restore(name, keepSchema ? "as it was" : "newest") });
      return true;
    case "prune":
      await prune();
      return true;
    case undefined:
    default:
      return false;
  }
}
