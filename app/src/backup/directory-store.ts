import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fieldOf, messageOf } from "../platform/thrown.ts";
import { BackupError } from "./backup-error.ts";
import type { BackupStore } from "./store.ts";

/** Marks what is still being written. */
const UNFINISHED = ".unfinished";

/** No Job of backups runs longer: what was not written to for this time was left behind. */
const ABANDONED_MS = 2 * 3_600_000;

/** Backups in a directory, usually a volume of their own. */
export class DirectoryStore implements BackupStore {
  readonly place: string;

  constructor(directory: string) {
    this.place = directory;
  }

  async put(object: string, content: Readable): Promise<void> {
    // A name for each writer: the schedule's Job and a deploy's may be at work at once.
    const unfinished = join(this.place, `${object}.${randomUUID()}${UNFINISHED}`);
    try {
      await mkdir(this.place, { recursive: true });
      await this.#removeAbandoned();
      await pipeline(content, createWriteStream(unfinished, { mode: 0o600 }));
      const handle = await open(unfinished, "r+");
      await handle.sync().finally(() => handle.close());
      await rename(unfinished, join(this.place, object));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw this.#explained(error);
    }
  }

  async get(object: string): Promise<Readable> {
    const stream = createReadStream(join(this.place, object));
    await new Promise<void>((resolve, reject) => {
      stream.once("open", () => resolve());
      stream.once("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new BackupError("failed", `There is no ${object} in ${this.place}; backup list shows what there is.`) : error));
    });
    return stream;
  }

  async list(): Promise<string[]> {
    const names = await readdir(this.place).catch((error: unknown) => {
      if (fieldOf(error, "code") === "ENOENT") return [];
      throw this.#explained(error);
    });
    return names.filter((name) => !name.endsWith(UNFINISHED)).sort();
  }

  async remove(object: string): Promise<void> {
    await rm(join(this.place, object), { force: true });
  }

  /** Removes what a writer that was killed has left behind, the next time that anything is written. */
  async #removeAbandoned(): Promise<void> {
    for (const name of (await readdir(this.place)).filter((one) => one.endsWith(UNFINISHED))) {
      const file = join(this.place, name);
      // One that is gone by now is finished.
      const writtenAt = await stat(file).then(({ mtimeMs }) => mtimeMs, () => Infinity);
      if (Date.now() - writtenAt > ABANDONED_MS) await rm(file, { force: true });
    }
  }

  #explained(error: unknown): unknown {
    const code = fieldOf(error, "code");
    if (code === "ENOSPC" || code === "EDQUOT") return new BackupError("storage", `There is no room left in ${this.place}: the backup was not kept and earlier ones are untouched; prune or enlarge the volume.`, error);
    if (code === "EACCES" || code === "EROFS" || code === "EIO") return new BackupError("storage", `${this.place} cannot be written to: ${messageOf(error)}.`, error);
    return error;
  }
}
