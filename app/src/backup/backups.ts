import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { text } from "node:stream/consumers";
import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { migrateUp } from "../migrate/migrate.ts";
import { readMigrations } from "../migrate/migration-files.ts";
import { valueOrUndefined } from "../platform/json-text.ts";
import { fieldOf, messageOf } from "../platform/thrown.ts";
import { type ArchiveHeader, ArchiveReader } from "./archive.ts";
import { BackupError } from "./backup-error.ts";
import { decompress } from "./compression.ts";
import { type Administration, createDatabase, dropDatabase, dropScratchDatabases, scratchDatabase, switchDatabase, withConnection } from "./databases.ts";
import { dumpRows } from "./dump.ts";
import { decrypt, encrypt } from "./encryption.ts";
import { loadRows } from "./load.ts";
import { Measure } from "./measure.ts";
import { expired, expiredRemains, type Retention } from "./retention.ts";
import { recordBackup } from "./sql/record-backup.ts";
import { through } from "./through.ts";
import { type BackupStore, type Manifest, manifestSchema, nameSchema } from "./store.ts";

export interface BackupParts {
  readonly administration: Administration;
  readonly store: BackupStore;
  /** The passphrase of every archive. */
  readonly key: string;
  /** The folder with the SQL files. */
  readonly migrations: string;
  readonly now: () => Date;
}

/** What a store holds. */
export interface StoredBackups {
  /** Oldest first. */
  readonly complete: readonly Manifest[];
  /** Names of those whose manifest cannot be read: they are shown, and never chosen. */
  readonly damaged: readonly string[];
  /** Names of archives that never got their manifest. */
  readonly remains: readonly string[];
}

const ARCHIVE = ".age";
const MANIFEST = ".json";

/** Makes, reads and restores backups of the service's database. */
export class Backups {
  readonly #parts: BackupParts;

  constructor(parts: BackupParts) {
    this.#parts = parts;
  }

  /**
   * Stores all rows as of now, and reads back what the store has made of them;
   * the service is not disturbed.
   *
   * @throws BackupError when it is not kept, or not as it was written
   */
  async create(): Promise<Manifest> {
    const { administration, store, key, now } = this.#parts;
    const began = now();
    const name = `${administration.connection.database}-${stamp(began)}`;
    const manifest = await withConnection(administration, async (client) => {
      const { header, stream } = await dumpRows(client, began);
      const measured = new Measure();
      await store.put(`${name}${ARCHIVE}`, through(await encrypt(stream, key), measured));
      return { name, createdAt: header.createdAt, bytes: measured.bytes, sha256: measured.sha256, schemaVersion: header.schemaVersion, rows: sum(header), checked: null };
    });
    await this.#readBack(manifest);
    await this.#write(manifest);
    return manifest;
  }

  /** What there is, without opening an archive. */
  async list(): Promise<StoredBackups> {
    const objects = new Set(await this.#parts.store.list());
    const names = [...objects].filter((object) => object.endsWith(ARCHIVE)).map((object) => object.slice(0, -ARCHIVE.length)).filter((name) => nameSchema.safeParse(name).success);
    const described = names.filter((name) => objects.has(`${name}${MANIFEST}`));
    const manifests = await Promise.all(described.map((name) => this.#manifest(name)));
    return {
      complete: manifests.filter((manifest) => manifest !== undefined),
      damaged: described.filter((_name, index) => manifests[index] === undefined),
      remains: names.filter((name) => !objects.has(`${name}${MANIFEST}`)),
    };
  }

  /**
   * Restores a backup into a database of its own, compares every table with
   * what was backed up, and removes that database again. What came out is
   * kept beside the backup.
   *
   * @param name undefined: the newest
   * @throws BackupError when it is not intact
   */
  async verify(name?: string): Promise<Manifest> {
    const manifest = await this.#find(name);
    const { administration } = this.#parts;
    await dropScratchDatabases(administration);
    const scratch = scratchDatabase(administration, "verify", stamp(this.#parts.now()).toLowerCase());
    const at = () => this.#parts.now().toISOString();
    try {
      await this.#loadInto(scratch, manifest);
    } catch (error) {
      if (error instanceof BackupError && error.exitCode === 65) await this.#write({ ...manifest, checked: { at: at(), intact: false } });
      throw error;
    } finally {
      await this.#discard(scratch);
    }
    const checked = { ...manifest, checked: { at: at(), intact: true } };
    await this.#write(checked);
    return checked;
  }

  /**
   * Restores a backup into a new database, brings it to this release's schema,
   * and gives it to the service in place of today's, which is kept.
   *
   * @param schema as it was: for a release of that time, which is gone back to next
   * @returns the name under which today's database is kept
   */
  async restore(name: string | undefined, schema: "newest" | "as it was" = "newest"): Promise<{ readonly manifest: Manifest; readonly kept: string }> {
    const { administration, now } = this.#parts;
    const manifest = await this.#find(name);
    await dropScratchDatabases(administration);
    const moment = stamp(now()).toLowerCase();
    const restored = scratchDatabase(administration, "restored", moment);
    const kept = `${administration.connection.database}_before_${moment}`;
    try {
      await this.#loadInto(restored, manifest);
      if (schema === "newest") await this.#migrate(restored);
      await switchDatabase(administration, restored, kept);
    } catch (error) {
      await this.#discard(restored);
      throw error;
    }
    return { manifest, kept };
  }

  /**
   * Removes what is kept longer than wanted: backups, and what is left of those
   * that cannot be used.
   *
   * @returns the manifests of the backups, and the names of the others
   */
  async prune(retention: Retention): Promise<{ readonly removed: readonly Manifest[]; readonly remains: readonly string[] }> {
    const { store, now } = this.#parts;
    const stored = await this.list();
    const removed = expired(stored.complete, now(), retention);
    const remains = expiredRemains([...stored.damaged, ...stored.remains], stored.complete, now(), retention);
    // The manifest first: without it nobody takes the archive for a backup.
    for (const name of [...removed.map((manifest) => manifest.name), ...remains]) for (const suffix of [MANIFEST, ARCHIVE]) await store.remove(`${name}${suffix}`);
    return { removed, remains };
  }

  /** What the store gives back is what was written, or it is no backup. */
  async #readBack({ name, bytes, sha256 }: Manifest): Promise<void> {
    const { store } = this.#parts;
    const read = new Measure();
    await finished(through(await store.get(`${name}${ARCHIVE}`), read).resume());
    if (read.bytes === bytes && read.sha256 === sha256) return;
    await store.remove(`${name}${ARCHIVE}`);
    throw new BackupError("damaged", `${store.place} gave the backup ${name} back as something else than was written (${read.bytes} of ${bytes} bytes): it was not kept, and earlier ones are untouched.`);
  }

  async #loadInto(database: string, manifest: Manifest): Promise<void> {
    const { administration, store, key } = this.#parts;
    const encrypted = await store.get(`${manifest.name}${ARCHIVE}`);
    const read = new Measure();
    try {
      const reader = new ArchiveReader(decompress(await decrypt(through(encrypted, read), key)));
      const header = await reader.header();
      await this.#refuseUnknownSchema(header);
      await createDatabase(administration, database);
      // This session is there from the beginning, so that nobody takes the database for one that was left behind.
      await withConnection(
        administration,
        async (client) => {
          await this.#migrate(database, header.schemaVersion);
          await loadRows(client, reader, header);
        },
        database,
      );
      await reader.end();
    } catch (error) {
      throw isDamage(error) ? new BackupError("damaged", `The backup ${manifest.name} is damaged: ${messageOf(error)}; nothing was changed.`, error) : error;
    } finally {
      encrypted.destroy();
    }
    if (read.sha256 !== manifest.sha256) throw new BackupError("damaged", `The backup ${manifest.name} is not the archive that was stored under this name: its SHA-256 is another one than was noted then; nothing was changed.`);
  }

  /** Why it is not needed is what is to be told: where it cannot be dropped now, the next verification or restore does it. */
  async #discard(database: string): Promise<void> {
    await dropDatabase(this.#parts.administration, database).catch(() => undefined);
  }

  /** As the owner of the schema, though a superuser is connected. */
  async #migrate(database: string, to?: string): Promise<void> {
    const { administration, migrations } = this.#parts;
    const connection = { ...administration.connection, database, options: `-c role=${administration.owner}` };
    await migrateUp({ connection, directory: migrations, connectTimeoutMs: 0, onReport: () => undefined }, to);
  }

  async #refuseUnknownSchema({ schemaVersion, migrations }: ArchiveHeader): Promise<void> {
    const known = new Map((await readMigrations(this.#parts.migrations)).map(({ version, checksum }) => [version, checksum]));
    const foreign = migrations.filter(({ version, checksum }) => known.get(version) !== checksum).map(({ version }) => version);
    if (foreign.length > 0) throw new BackupError("failed", `The backup has the schema ${schemaVersion}, of whose migrations this release does not have ${foreign.toSorted(compareVersions).join(", ")}; restore it with the release that made it.`);
  }

  async #find(name: string | undefined): Promise<Manifest> {
    const { complete, damaged } = await this.list();
    const found = name === undefined ? complete.at(-1) : complete.find((manifest) => manifest.name === name);
    if (found !== undefined) return found;
    const { place } = this.#parts.store;
    if (name !== undefined && damaged.includes(name)) throw new BackupError("damaged", `The backup ${name} is damaged: ${name}${MANIFEST} in ${place} cannot be read; nothing was changed.`);
    const there = complete.map((manifest) => manifest.name).join(", ");
    throw new BackupError("failed", name === undefined ? `There is no backup in ${place} ${damaged.length === 0 ? "yet" : `that is not damaged (${damaged.join(", ")})`}.` : `There is no backup ${name} in ${place}; there are ${there || "none"}.`);
  }

  /** Undefined when it is damaged, or another backup's. */
  async #manifest(name: string): Promise<Manifest | undefined> {
    const content = await text(await this.#parts.store.get(`${name}${MANIFEST}`));
    const { data } = manifestSchema.safeParse(valueOrUndefined(content));
    return data?.name === name ? data : undefined;
  }

  async #write(manifest: Manifest): Promise<void> {
    const { administration, store } = this.#parts;
    await store.put(`${manifest.name}${MANIFEST}`, Readable.from([`${JSON.stringify(manifest)}\n`]));
    await withConnection(administration, (client) => recordBackup(client, manifest)).catch((error: unknown) => {
      throw new BackupError("failed", `The backup ${manifest.name} is in ${store.place}, but its database could not note it, so that the metrics of backups stay as they were: ${messageOf(error)}`, error);
    });
  }
}

/** `20260131T020000Z` */
function stamp(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

function sum({ contents }: ArchiveHeader): number {
  return contents.reduce((total, { rows }) => total + rows, 0);
}

/** What decryption, decompression and COPY throw when bytes are missing or are others. */
function isDamage(error: unknown): boolean {
  if (error instanceof BackupError) return false;
  const code = fieldOf(error, "code");
  return (typeof code === "string" && /^(ZSTD_|Z_|22|23)/.test(code)) || /tag|decrypt|unexpected end|JSON|stream|chunk/i.test(messageOf(error));
}
