import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { z } from "zod";

import { withFileLock } from "../packages/file-lock.ts";
import { readIfPresent } from "../packages/read-if-present.ts";

/** What OCI calls a descriptor: the type, digest and size of a blob. */
export const descriptorSchema = z.strictObject({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
});
export type Descriptor = z.infer<typeof descriptorSchema>;

const storedManifestSchema = z.looseObject({ config: descriptorSchema, layers: z.array(descriptorSchema) });

/**
 * Where the images of a cache lie: an OCI image layout whose blobs are named by content, so that all releases of the
 * service together hold Node and the base once. `refs/` says which image a name means, `layers/` what is built already.
 */
export function storeDirectory(cacheDir: string): string {
  return join(cacheDir, "images");
}

/** Runs work that adds to the store or takes from it; one process at a time. */
export async function withStoreLock<T>(cacheDir: string, work: () => Promise<T>): Promise<T> {
  return withFileLock(join(cacheDir, "images.lock"), work);
}

/** The file of a blob in the store. */
export function blobFile(cacheDir: string, digest: string): string {
  return join(storeDirectory(cacheDir), blobPath(digest));
}

/** A blob's path inside an OCI image layout. */
export function blobPath(digest: string): string {
  return join("blobs", digest.replace(":", "/"));
}

/** Takes a finished file into the store; it must lie on the store's file system. */
export async function storeFile(cacheDir: string, file: string, mediaType: string): Promise<Descriptor> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  // A blob whose name is on the disk before its content would pass for whole after a power cut.
  const handle = await open(file);
  await handle.sync().finally(() => handle.close());
  const digest = `sha256:${hash.digest("hex")}`;
  const { size } = await stat(file);
  await mkdir(dirname(blobFile(cacheDir, digest)), { recursive: true });
  await rename(file, blobFile(cacheDir, digest));
  return { mediaType, digest, size };
}

/** Stores a JSON document. */
export async function storeJson(cacheDir: string, document: unknown, mediaType: string): Promise<Descriptor> {
  const content = JSON.stringify(document);
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  await writeAtomically(blobFile(cacheDir, digest), content);
  return { mediaType, digest, size: Buffer.byteLength(content) };
}

/** Whether a blob is there in full. */
export async function hasBlob(cacheDir: string, blob: Descriptor): Promise<boolean> {
  const size = await stat(blobFile(cacheDir, blob.digest)).then(
    (found) => found.size,
    () => undefined,
  );
  return size === blob.size;
}

/** Gives a stored image its name. */
export async function storeRef(cacheDir: string, ref: string, manifest: Descriptor): Promise<void> {
  await writeAtomically(refFile(cacheDir, ref), JSON.stringify(manifest));
}

/** The manifest that a name stands for; undefined where the store has no such image. */
export async function findRef(cacheDir: string, ref: string): Promise<Descriptor | undefined> {
  const text = await readIfPresent(refFile(cacheDir, ref));
  return text === undefined ? undefined : descriptorSchema.parse(JSON.parse(text));
}

/** Every blob of an image, its manifest first. */
export async function imageBlobs(cacheDir: string, manifest: Descriptor): Promise<readonly Descriptor[]> {
  const { config, layers } = storedManifestSchema.parse(JSON.parse(await readFile(blobFile(cacheDir, manifest.digest), "utf8")));
  return [manifest, config, ...layers];
}

/** Whether an image is in the store with every one of its blobs: only then can a release that names it be restored. */
export async function hasImage(cacheDir: string, ref: string): Promise<boolean> {
  const manifest = await findRef(cacheDir, ref);
  if (manifest === undefined || !(await hasBlob(cacheDir, manifest))) return false;
  const blobs = await imageBlobs(cacheDir, manifest);
  return (await Promise.all(blobs.map((blob) => hasBlob(cacheDir, blob)))).every(Boolean);
}

/**
 * Removes every image whose name is not in `keep`, and the blobs that no kept image uses.
 * @param keep full names, e.g. forecast-stack.local/postgres:15.13-0123456789ab
 * @returns the names removed
 */
export async function pruneImages(cacheDir: string, keep: ReadonlySet<string>): Promise<readonly string[]> {
  return withStoreLock(cacheDir, () => prune(cacheDir, keep));
}

async function prune(cacheDir: string, keep: ReadonlySet<string>): Promise<readonly string[]> {
  const removed: string[] = [];
  const used = new Set<string>();
  for (const ref of await listRefs(cacheDir)) {
    const manifest = await findRef(cacheDir, ref);
    if (!keep.has(ref)) {
      await rm(refFile(cacheDir, ref));
      removed.push(ref);
    } else if (manifest !== undefined && (await hasBlob(cacheDir, manifest))) {
      for (const blob of await imageBlobs(cacheDir, manifest)) used.add(blob.digest);
    }
  }
  const blobs = join(storeDirectory(cacheDir), "blobs", "sha256");
  for (const name of await readdir(blobs).catch(() => [])) {
    if (!used.has(`sha256:${name}`)) await rm(join(blobs, name));
  }
  // What builds left behind that were interrupted and never taken up again.
  await rm(join(storeDirectory(cacheDir), "staging"), { recursive: true, force: true });
  return removed;
}

/** The names of all images in the store. */
export async function listRefs(cacheDir: string): Promise<readonly string[]> {
  const names = await readdir(join(storeDirectory(cacheDir), "refs")).catch(() => []);
  return names.map((name) => decodeURIComponent(name.replace(/\.json$/, ""))).sort();
}

/** Writes a file so that readers see the old content or the new, never a part. */
export async function writeAtomically(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  const handle = await open(temporary, "w");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

function refFile(cacheDir: string, ref: string): string {
  return join(storeDirectory(cacheDir), "refs", `${encodeURIComponent(ref)}.json`);
}
