import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { z } from "zod";
import { checkpointFileSchema, type Deployment } from "./checkpoint.ts";
import { ReleaseError } from "./release-error.ts";
import { historyEntrySchema, type Update } from "./update.ts";

const historyFile = /^(?<stack>.+)-(?<id>\d+)\.history\.json(?<gzip>\.gz)?$/;

/** The history of the stacks of one project in a `file://` backend. */
export class FileBackend {
  readonly #folder: string;

  /** @param url a Pulumi backend URL, for example `file:///var/lib/forecast-stack/pulumi/state` */
  constructor(url: string, project: string) {
    if (!url.startsWith("file://")) throw new ReleaseError(`PULUMI_BACKEND_URL is ${url}: releases are read from file:// backends here.`);
    this.#folder = join(url.slice("file://".length), ".pulumi", "history", project);
  }

  /** Names of the stacks that were ever updated. */
  async stacks(): Promise<string[]> {
    return (await readdir(this.#folder).catch(() => [])).toSorted();
  }

  /**
   * All operations on a stack, oldest first.
   *
   * @throws ReleaseError when the stack was never updated, or an entry cannot be read
   */
  async updates(stack: string): Promise<Update[]> {
    const folder = join(this.#folder, stack);
    const names = await readdir(folder).catch(() => undefined);
    if (names === undefined) throw new ReleaseError(`There is no history of a stack ${stack}; known are ${(await this.stacks()).join(", ") || "none"}.`);
    const files = names.flatMap((name) => {
      const id = historyFile.exec(name)?.groups?.["id"];
      return id === undefined ? [] : [{ name, id }];
    });
    files.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    return Promise.all(
      files.map(async ({ name, id }) => ({
        id,
        entry: parse(historyEntrySchema, await readJson(join(folder, name)), name),
        size: await stat(join(folder, name.replace(".history.", ".checkpoint."))).then(
          ({ size }) => size,
          () => 0,
        ),
      })),
    );
  }

  /**
   * What Pulumi knew of the stack after an update.
   *
   * @returns the deployment and the SHA-256 of its file
   * @throws ReleaseError when the checkpoint is missing, damaged or of another stack
   */
  async deployment(stack: string, id: string): Promise<{ deployment: Deployment; checksum: string }> {
    const name = `${stack}-${id}.checkpoint.json`;
    const path = join(this.#folder, stack, name);
    const bytes = await readFile(path).catch(() => readFile(`${path}.gz`).then(gunzipSync)).catch(() => {
      throw new ReleaseError(`The checkpoint ${name} is gone from the backend: this release cannot be shown or gone back to.`);
    });
    const { checkpoint } = parse(checkpointFileSchema, toJson(bytes, name), name);
    if (checkpoint.latest === undefined) throw new ReleaseError(`The checkpoint ${name} is empty: this release cannot be gone back to.`);
    return { deployment: checkpoint.latest, checksum: createHash("sha256").update(bytes).digest("hex") };
  }
}

async function readJson(path: string): Promise<unknown> {
  const bytes = await readFile(path);
  return toJson(path.endsWith(".gz") ? gunzipSync(bytes) : bytes, path);
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
