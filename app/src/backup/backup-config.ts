import { z } from "zod";
import type { Config } from "../platform/config.ts";
import { connectionOf } from "../platform/db.ts";
import { ConfigError } from "../platform/errors.ts";
import { migrationsDirectory } from "../migrate/migrate-role.ts";
import type { BackupParts } from "./backups.ts";
import { DirectoryStore } from "./directory-store.ts";
import type { Retention } from "./retention.ts";
import { S3Store } from "./s3-store.ts";

const whole = (byDefault: number, lowest: number) => z.coerce.number().int().min(lowest).default(byDefault);

/** The environment of the backup role, beside that of the service: DB_USER is a superuser there. */
export const backupEnvironmentSchema = z.object({
  /** Encrypts every archive; without it none can be read again. */
  BACKUP_KEY: z.string().min(20),
  /** Where backups are kept, unless BACKUP_S3_BUCKET is set. */
  BACKUP_DIRECTORY: z.string().default("/backups"),
  BACKUP_S3_BUCKET: z.string().optional(),
  BACKUP_S3_PREFIX: z.string().default(""),
  BACKUP_S3_REGION: z.string().default("us-east-1"),
  /** URL of a store that is not Amazon's. */
  BACKUP_S3_ENDPOINT: z.url().optional(),
  BACKUP_KEEP_DAYS: whole(14, 1),
  BACKUP_KEEP_NEWEST: whole(3, 1),
  DB_OWNER: z.string().default("forecast_owner"),
  DB_APP: z.string().default("forecast_app"),
});

const expected: Readonly<Record<string, string>> = {
  BACKUP_KEY: "must have at least 20 characters: it is what the backups are encrypted with",
  BACKUP_S3_ENDPOINT: "must be a URL such as https://s3.example.com",
  BACKUP_KEEP_DAYS: "must be a whole number of days from 1 on",
  BACKUP_KEEP_NEWEST: "must be a whole number from 1 on",
};

/** @throws ConfigError with one sentence per variable that is wrong */
export function readBackupConfig(environment: Readonly<Record<string, string | undefined>>, config: Config): { readonly parts: BackupParts; readonly retention: Retention } {
  const parsed = backupEnvironmentSchema.safeParse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== "")));
  if (!parsed.success) throw new ConfigError([...new Set(parsed.error.issues.map(({ path }) => `${String(path[0])} ${expected[String(path[0])] ?? "is not allowed"}.`))].join(" "));
  const { data } = parsed;
  const store = data.BACKUP_S3_BUCKET === undefined ? new DirectoryStore(data.BACKUP_DIRECTORY) : new S3Store({ bucket: data.BACKUP_S3_BUCKET, prefix: data.BACKUP_S3_PREFIX, region: data.BACKUP_S3_REGION, endpoint: data.BACKUP_S3_ENDPOINT });
  return {
    parts: { administration: { connection: { ...connectionOf(config), database: config.DB_NAME }, owner: data.DB_OWNER, app: data.DB_APP }, store, key: data.BACKUP_KEY, migrations: migrationsDirectory(), now: () => new Date() },
    retention: { keepDays: data.BACKUP_KEEP_DAYS, keepNewest: data.BACKUP_KEEP_NEWEST },
  };
}
