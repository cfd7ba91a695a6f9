import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { checkpointFileSchema, type Deployment } from "./checkpoint.ts";
import { type HistoryBackend, isFolder } from "./history-backend.ts";
import { NoHistoryError, ReleaseError } from "./release-error.ts";
import { type HistoryEntry, historyEntrySchema, type Update } from "./update.ts";

const historyFile = /^(?<stack>.+)-(?<id>\d+)\.history\.json(?<gzip>\.gz)?$/;

/** The history of the stacks of one project in a `file://` backend. */
export class FileBackend implements HistoryBackend {
  readonly #folder: string;
  readonly #project: string;

  /** @param url a Pulumi backend URL, for example `file:///var/lib/forecast-stack/pulumi/state` */
  constructor(url: string, project: string) {
    if (!isFolder(url)) throw new ReleaseError(`PULUMI_BACKEND_URL is ${url}: archives are made of folders (file://...), and read into them.`);
    this.#project = project;
    this.#folder = join(url.slice("file://".length), ".pulumi", "history", project);
  }

  /** Names of the stacks that were ever updated. */
  async stacks(): Promise<string[]> {
    return (await readdir(this.#folder).catch(() => [])).toSorted();
  }

  async updates(stack: string): Promise<Update[]> {
    const folder = join(this.#folder, stack);
    const names = await readdir(folder).catch(async (error: unknown) => {
      if (!isAbsent(error)) throw new ReleaseError(`The history of the stack ${stack} cannot be read: ${String(error)}.`);
      throw new NoHistoryError(`There is no history of a stack ${stack}; known are ${(await this.stacks()).join(", ") || "none"}.`);
    });
    const files = names.flatMap((name) => {
      const id = historyFile.exec(name)?.groups?.["id"];
      return id === undefined ? [] : [{ name, id }];
    });
    files.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    return Promise.all(
      files.map(async ({ name, id }) => ({
        id,
        entry: await readEntry(folder, name).catch((error: unknown) => {
          if (error instanceof ReleaseError) return damagedEntry(id, error.message);
          throw error;
        }),
        size: await stat(join(folder, name.replace(".history.", ".checkpoint."))).then(
          ({ size }) => size,
          () => 0,
        ),
      })),
    );
  }

  async deployment(stack: string, id: string): Promise<{ deployment: Deployment; checksum: string }> {
    const name = `${stack}-${id}.checkpoint.json`;
    const bytes = await readChecked(join(this.#folder, stack), name);
    if (bytes === undefined) throw new ReleaseError(`The checkpoint ${name} is gone from the backend: this release cannot be shown or gone back to.`);
    const { checkpoint } = parse(checkpointFileSchema, toJson(bytes, name), name);
    if (checkpoint.latest === undefined) throw new ReleaseError(`The checkpoint ${name} is empty: this release cannot be gone back to.`);
    const foreign = checkpoint.latest.resources.map(({ urn }) => urn).find((urn) => !urn.startsWith(`urn:pulumi:${stack}::${this.#project}::`));
    if (foreign !== undefined) throw new ReleaseError(`The checkpoint ${name} is of another stack or project: it has ${foreign}. This release cannot be gone back to.`);
    return { deployment: checkpoint.latest, checksum: createHash("sha256").update(bytes).digest("hex") };
  }

  /** Everything that the backend keeps of a stack's history, uncompressed, by file name. */
  async files(stack: string): Promise<Map<string, Buffer>> {
    const updates = await this.updates(stack);
    const folder = join(this.#folder, stack);
    const names = updates.flatMap(({ id }) => ["history", "checkpoint"].map((kind) => `${stack}-${id}.${kind}.json`));
    const read = await Promise.all(names.map(async (name) => [name, await readChecked(folder, name)] as const));
    return new Map(read.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, bytes] as const])));
  }

  /**
   * Adds files of a stack's history; those that are there already stay.
   *
   * @returns how many were added
   * @throws ReleaseError, before anything is written, when one is there with another content
   */
  async add(stack: string, files: ReadonlyMap<string, Buffer>): Promise<number> {
    const folder = join(this.#folder, stack);
    const known = new Map(await Promise.all([...files.keys()].map(async (name) => [name, await readChecked(folder, name)] as const)));
    const different = [...files].find(([name, bytes]) => known.get(name)?.equals(bytes) === false);
    if (different !== undefined) throw new ReleaseError(`The backend has another ${different[0]} already: these are histories of two different stacks. Nothing was imported.`);
    const missing = [...files].filter(([name]) => known.get(name) === undefined);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The history entry, which makes a release known, comes after its checkpoint.
    missing.sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [name, bytes] of missing) {
      // The checksum comes first: a file is never without it.
      for (const [file, content] of [[`${name}.attrs`, attributesOf(bytes)], [name, bytes]] as const) {
        await writeFile(join(folder, `.${file}.new`), content, { mode: 0o600 });
        await rename(join(folder, `.${file}.new`), join(folder, file));
      }
    }
    return missing.length;
  }
}

async function readEntry(folder: string, name: string): Promise<HistoryEntry> {
  return parse(historyEntrySchema, toJson((await readChecked(folder, name.replace(/\.gz$/, ""))) ?? Buffer.of(), name), name);
}

/** Stands for an entry that cannot be read, so that the others can: no release, at the time that its file's name tells. */
function damagedEntry(id: string, reason: string): HistoryEntry {
  const seconds = Number(BigInt(id) / 1_000_000_000n);
  return historyEntrySchema.parse({ kind: "unknown", startTime: seconds, endTime: seconds, result: "damaged", message: `${reason} If it was a release, those after it have a number less than before.` });
}

/** What the backend notes beside each file. */
const attributesSchema = z.object({ md5: z.string() });

/** The same as the backend notes, of a file that was not written by it. */
function attributesOf(bytes: Buffer): string {
  const unset = Object.fromEntries(["cache_control", "content_disposition", "content_encoding", "content_language"].map((name) => [`user.${name}`, ""]));
  return JSON.stringify({ ...unset, "user.content_type": "text/plain; charset=utf-8", "user.metadata": null, md5: createHash("md5").update(bytes).digest("base64") });
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** @throws ReleaseError when there is such a file and it cannot be read */
async function readIfThere(folder: string, name: string): Promise<Buffer | undefined> {
  return readFile(join(folder, name)).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw new ReleaseError(`${name} cannot be read: ${String(error)}.`);
  });
}

/**
 * Reads a file of the backend, compressed or not.
 *
 * @returns its content, uncompressed; undefined when there is none
 * @throws ReleaseError when it is not what the backend wrote
 */
async function readChecked(folder: string, name: string): Promise<Buffer | undefined> {
  for (const stored of [name, `${name}.gz`]) {
    const bytes = await readIfThere(folder, stored);
    if (bytes === undefined) continue;
    const attributes = await readIfThere(folder, `${stored}.attrs`);
    if (attributes !== undefined && createHash("md5").update(bytes).digest("base64") !== parse(attributesSchema, toJson(attributes, `${stored}.attrs`), `${stored}.attrs`).md5) {
      throw new ReleaseError(`${stored} is damaged: its checksum is not the one that was noted when it was written. Restore it from a backup of the backend, or choose another release.`);
    }
    try {
      return stored.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    } catch {
      throw new ReleaseError(`${stored} is damaged: it cannot be unpacked.`);
    }
  }
  return undefined;
}

function toJson(bytes: Buffer, name: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    throw new ReleaseError(`${name} is damaged: it is not JSON.`);
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, name: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ReleaseError(`${name} is damaged: ${issue?.path.join(".") ?? "it"} ${issue?.message ?? "is wrong"}.`);
}
