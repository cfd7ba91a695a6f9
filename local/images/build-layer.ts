import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { z } from "zod";

import { debianRelease } from "../packages/debian-apt.ts";
import { downloadPackages, type PrivateApt } from "../packages/private-apt.ts";
import { readIfPresent } from "../packages/read-if-present.ts";
import type { Report } from "../packages/report.ts";
import { unpackPackages } from "../packages/unpack-packages.ts";
import { run } from "../run.ts";
import { descriptorSchema, hasBlob, storeDirectory, storeFile, writeAtomically } from "./image-store.ts";
import type { LayerRecipe } from "./layer-recipe.ts";
import { documentation, finishRoot, groupFile, passwdFile } from "./root-files.ts";

/** A built layer. `versions`: the Debian packages in it and below it. */
const layerSchema = z.strictObject({ blob: descriptorSchema, versions: z.record(z.string(), z.string()) });
export type Layer = z.infer<typeof layerSchema>;

/** What building a layer needs; `apt` is asked for only when packages must be fetched. */
export interface LayerWorkshop {
  readonly cacheDir: string;
  readonly apt: () => Promise<PrivateApt>;
  readonly report: Report;
}

const LAYER_MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar";

/** To be raised when the code below makes other layers of the same recipe. */
const LAYER_FORMAT = 1;

/**
 * Gives the layer of a recipe, from the store where it was built before.
 * @param below the layer under it, undefined for the lowest
 */
export async function buildLayer(workshop: LayerWorkshop, recipe: LayerRecipe, below: Layer | undefined): Promise<Layer> {
  const { cacheDir } = workshop;
  const key = await layerKey(recipe, below);
  const record = join(storeDirectory(cacheDir), "layers", `${key}.json`);
  const known = await readIfPresent(record);
  if (known !== undefined) {
    const layer = layerSchema.parse(JSON.parse(known));
    if (await hasBlob(cacheDir, layer.blob)) return layer;
  }
  const staging = join(storeDirectory(cacheDir), "staging", key);
  await mkdir(staging, { recursive: true });
  // A directory of its own each time: a tar whose parent was killed may still be writing to the last one.
  const root = await mkdtemp(join(staging, "root-"));
  await chmod(root, 0o755);
  const added = await fillRoot(workshop, recipe, below, staging, root);
  const blob = await packRoot(cacheDir, root, join(staging, "layer.tar"));
  const layer: Layer = { blob, versions: { ...below?.versions, ...added } };
  await writeAtomically(record, JSON.stringify(layer));
  await rm(staging, { recursive: true, maxRetries: 5 });
  return layer;
}

/** Packs a directory; the same files give the same bytes, whenever and wherever they were made. */
export async function packRoot(cacheDir: string, root: string, file: string): Promise<Layer["blob"]> {
  await run("tar", ["--create", "--file", file, "--format=gnu", "--sort=name", "--mtime=@0", "--numeric-owner", "-C", root, "."]);
  return storeFile(cacheDir, file, LAYER_MEDIA_TYPE);
}

/** Names a layer by what goes into it: recipe, release, the layer below, and the content of copied files. */
export async function layerKey(recipe: LayerRecipe, below: Layer | undefined): Promise<string> {
  const copies = await Promise.all(recipe.copies.map(async ({ source, target }) => [target, await contentHash(source)]));
  const identity = JSON.stringify([LAYER_FORMAT, debianRelease, { ...recipe, copies }, below?.blob.digest]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 24);
}

/** Hash of a file, or of a directory's file names and contents. */
async function contentHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  if ((await stat(path)).isDirectory()) {
    for (const name of (await readdir(path)).sort()) hash.update(`${name}\0${await contentHash(join(path, name))}\0`);
  } else {
    await pipeline(createReadStream(path), hash);
  }
  return hash.digest("hex");
}

async function fillRoot(workshop: LayerWorkshop, recipe: LayerRecipe, below: Layer | undefined, staging: string, root: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  if (recipe.packages.length > 0) {
    const archives = join(staging, "archives");
    const debs = await downloadPackages(await workshop.apt(), recipe, below?.versions ?? {}, archives, workshop.report);
    await unpackPackages(debs, root, [...documentation, ...recipe.exclude]);
    await finishRoot(root, debs);
    for (const deb of debs) versions[deb.name] = deb.version;
  }
  if (recipe.user !== undefined || (recipe.packages.length > 0 && below === undefined)) await nameAccounts(root, recipe.user);
  await addOwnFiles(root, recipe);
  return versions;
}

async function nameAccounts(root: string, user: LayerRecipe["user"]): Promise<void> {
  await writePlain(join(root, "etc/passwd"), passwdFile(user), 0o644);
  await writePlain(join(root, "etc/group"), groupFile(user), 0o644);
  // Without it localhost would be asked of the name server before /etc/hosts.
  await writePlain(join(root, "etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n", 0o644);
}

async function addOwnFiles(root: string, recipe: LayerRecipe): Promise<void> {
  for (const { source, target } of recipe.copies) {
    await mkdir(dirname(join(root, target)), { recursive: true });
    await cp(source, join(root, target), { recursive: true });
    // Whatever mask a checkout or a build was made with: readable by all, executable where it was for anyone.
    await run("chmod", ["--recursive", "u=rwX,go=rX", join(root, target)]);
    await run("chown", ["--recursive", "0:0", join(root, target)]);
  }
  for (const { path, content, mode } of recipe.files) await writePlain(join(root, path), content, mode);
  for (const [path, target] of Object.entries(recipe.links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
  for (const { path, owner, mode } of recipe.directories) {
    await mkdir(join(root, path), { recursive: true });
    await chmod(join(root, path), mode);
    await chown(join(root, path), owner, owner);
  }
}

async function writePlain(file: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
}
