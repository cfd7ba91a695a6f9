import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fieldOf, messageOf } from "../platform/thrown.ts";
import { BackupError } from "./backup-error.ts";
import type { BackupStore } from "./store.ts";

/** Marks what is still being written; one that was left behind is removed by the next write. */
const UNFINISHED = ".unfinished";

/** Backups in a directory, usually a volume of their own. */
export class DirectoryStore implements BackupStore {
  readonly place: string;

  constructor(directory: string) {
    this.place = directory;
  }

  async put(object: string, content: Readable): Promise<void> {
    const file = join(this.place, object);
    try {
      await mkdir(this.place, { recursive: true });
      for (const left of (await readdir(this.place)).filter((name) => name.endsWith(UNFINISHED))) await rm(join(this.place, left));
      await pipeline(content, createWriteStream(`${file}${UNFINISHED}`, { mode: 0o600 }));
      const handle = await open(`${file}${UNFINISHED}`, "r+");
      await handle.sync().finally(() => handle.close());
      await rename(`${file}${UNFINISHED}`, file);
    } catch (error) {
      await rm(`${file}${UNFINISHED}`, { force: true });
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

  #explained(error: unknown): unknown {
    const code = fieldOf(error, "code");
    if (code === "ENOSPC" || code === "EDQUOT") return new BackupError("storage", `There is no room left in ${this.place}: the backup was not kept and earlier ones are untouched; prune or enlarge the volume.`, error);
    if (code === "EACCES" || code === "EROFS" || code === "EIO") return new BackupError("storage", `${this.place} cannot be written to: ${messageOf(error)}.`, error);
    return error;
  }
}
