import { createHash } from "node:crypto";
import { Readable, Transform } from "node:stream";
import { text } from "node:stream/consumers";
import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { migrateUp } from "../migrate/migrate.ts";
import { readMigrations } from "../migrate/migration-files.ts";
import { fieldOf, messageOf } from "../platform/thrown.ts";
import { type ArchiveHeader, ArchiveReader } from "./archive.ts";
import { BackupError } from "./backup-error.ts";
import { decompress } from "./compression.ts";
import { type Administration, createDatabase, dropDatabase, switchDatabase, withConnection } from "./databases.ts";
import { dumpRows } from "./dump.ts";
import { decrypt, encrypt } from "./encryption.ts";
import { loadRows } from "./load.ts";
import { recordBackup } from "./sql/record-backup.ts";
import { through } from "./through.ts";
import { type BackupStore, type Manifest, manifestSchema } from "./store.ts";

export interface BackupParts {
  readonly administration: Administration;
  readonly store: BackupStore;
  /** The passphrase of every archive. */
  readonly key: string;
  /** The folder with the SQL files. */
  readonly migrations: string;
  readonly now: () => Date;
}

const ARCHIVE = ".age";
const MANIFEST = ".json";

/** Makes, reads and restores backups of the service's database. */
export class Backups {
  readonly #parts: BackupParts;

  constructor(parts: BackupParts) {
    this.#parts = parts;
  }

  /** Stores all rows as of now; the service is not disturbed. */
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
    await this.#write(manifest);
    return manifest;
  }

  /** Complete backups, oldest first. */
  async list(): Promise<Manifest[]> {
    const objects = await this.#parts.store.list();
    return Promise.all(objects.filter((object) => object.endsWith(MANIFEST) && objects.includes(object.replace(MANIFEST, ARCHIVE))).map((object) => this.#manifest(object.slice(0, -MANIFEST.length))));
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
    const scratch = `${this.#parts.administration.connection.database}_verify_${stamp(this.#parts.now()).toLowerCase()}`;
    const at = () => this.#parts.now().toISOString();
    try {
      await this.#loadInto(scratch, manifest);
    } catch (error) {
      if (error instanceof BackupError && error.exitCode === 65) await this.#write({ ...manifest, checked: { at: at(), intact: false } });
      throw error;
    } finally {
      await dropDatabase(this.#parts.administration, scratch);
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
    const { database } = administration.connection;
    const moment = stamp(now()).toLowerCase();
    const restored = `${database}_restored_${moment}`;
    const kept = `${database}_before_${moment}`;
    try {
      await this.#loadInto(restored, manifest);
      if (schema === "newest") await this.#migrate(restored);
      await switchDatabase(administration, restored, kept);
    } catch (error) {
      await dropDatabase(administration, restored);
      throw error;
    }
    return { manifest, kept };
  }

  /** Removes backups, and archives that never got their manifest. */
  async remove(manifests: readonly Manifest[]): Promise<void> {
    // The manifest first: without it nobody takes the archive for a backup.
    for (const { name } of manifests) for (const suffix of [MANIFEST, ARCHIVE]) await this.#parts.store.remove(`${name}${suffix}`);
  }

  async #loadInto(database: string, manifest: Manifest): Promise<void> {
    const { administration, store, key } = this.#parts;
    const encrypted = await store.get(`${manifest.name}${ARCHIVE}`);
    const reader = new ArchiveReader(decompress(await decrypt(encrypted, key)));
    try {
      const header = await reader.header();
      await this.#refuseUnknownSchema(header);
      await createDatabase(administration, database);
      await this.#migrate(database, header.schemaVersion);
      await withConnection(administration, (client) => loadRows(client, reader, header), database);
    } catch (error) {
      throw isDamage(error) ? new BackupError("damaged", `The backup ${manifest.name} is damaged: ${messageOf(error)}; nothing was changed.`, error) : error;
    } finally {
      encrypted.destroy();
    }
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
    const manifests = await this.list();
    const found = name === undefined ? manifests.at(-1) : manifests.find((manifest) => manifest.name === name);
    if (found !== undefined) return found;
    const { place } = this.#parts.store;
    throw new BackupError("failed", name === undefined ? `There is no backup in ${place} yet.` : `There is no backup ${name} in ${place}; there are ${manifests.map((manifest) => manifest.name).join(", ") || "none"}.`);
  }

  async #manifest(name: string): Promise<Manifest> {
    const content = await text(await this.#parts.store.get(`${name}${MANIFEST}`));
    return manifestSchema.parse(JSON.parse(content));
  }

  async #write(manifest: Manifest): Promise<void> {
    const { administration, store } = this.#parts;
    await store.put(`${manifest.name}${MANIFEST}`, Readable.from([`${JSON.stringify(manifest)}\n`]));
    await withConnection(administration, (client) => recordBackup(client, manifest)).catch((error: unknown) => {
      throw new BackupError("failed", `The backup ${manifest.name} is in ${store.place}, but its database could not note it, so that the metrics of backups stay as they were: ${messageOf(error)}`, error);
    });
  }
}

/** Counts and hashes what passes through. */
class Measure extends Transform {
  readonly #hash = createHash("sha256");
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  /** Of everything; to be asked once, at the end. */
  get sha256(): string {
    return this.#hash.digest("hex");
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
