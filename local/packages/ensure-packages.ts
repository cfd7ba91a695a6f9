import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { z } from "zod";

import { debianRelease, openDebianApt } from "./debian-apt.ts";
import { withFileLock } from "./file-lock.ts";
import { downloadPackages } from "./private-apt.ts";
import { libraryWrapper, nodeSet, type PackageSet } from "./node-programs.ts";
import { readIfPresent } from "./read-if-present.ts";
import type { Report } from "./report.ts";
import { unpackPackages } from "./unpack-packages.ts";

/** The node's programs, unpacked where nothing else on the machine sees them. */
export interface NodePackages {
  /** Directory of all programs, for PATH. */
  readonly bin: string;
  /** Directory of the CNI plugins, containerd's `bin_dir`. */
  readonly cniBin: string;
  /** The unpacked packages. */
  readonly root: string;
  /** Package → version. */
  readonly versions: Readonly<Record<string, string>>;
}

const recordSchema = z.strictObject({ versions: z.record(z.string(), z.string()) });

/**
 * Makes the programs that a node needs available below `cacheDir`. Nothing is installed, no package script runs, the
 * machine's apt state stays as it is. Done once for a list of packages and a release; an interrupted download goes on.
 * @throws when a package cannot be fetched
 */
export async function ensurePackages(options: { readonly cacheDir: string; readonly report: Report }): Promise<NodePackages> {
  const { directory, versions } = await ensurePackageSet(nodeSet, options);
  const root = join(directory, "root");
  return { bin: join(directory, "bin"), cniBin: join(root, "usr/lib/cni"), root, versions };
}

/** A set of packages, unpacked: programs in `bin`, everything else in `root`. */
export interface UnpackedSet {
  readonly directory: string;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Unpacks a set of packages, as ensurePackages does for the node's.
 * @throws when a package cannot be fetched
 */
export async function ensurePackageSet(set: PackageSet, { cacheDir, report }: { readonly cacheDir: string; readonly report: Report }): Promise<UnpackedSet> {
  const directory = join(cacheDir, "packages", packagesKey(set));
  const versions = await readVersions(directory);
  if (versions !== undefined) return { directory, versions };
  return withFileLock(join(cacheDir, "packages.lock"), async () => {
    // Another process may have built it while this one waited.
    const built = (await readVersions(directory)) ?? (await build(set, cacheDir, directory, report));
    return { directory, versions: built };
  });
}

/** Names the directory of a set: the same list gives the same name. */
export function packagesKey({ request, programs, unused }: PackageSet): string {
  const linked = programs.map((program) => [program.name, program.path, program.ownLibraries]);
  const identity = JSON.stringify([debianRelease, request.packages, request.assumed, unused, linked]);
  return `${debianRelease.codename}-${createHash("sha256").update(identity).digest("hex").slice(0, 12)}`;
}

async function build(set: PackageSet, cacheDir: string, directory: string, report: Report): Promise<Record<string, string>> {
  const apt = await openDebianApt(join(cacheDir, "packages", "apt"), report);
  const partial = `${directory}.partial`;
  const debs = await downloadPackages(apt, set.request, {}, join(partial, "archives"), report);
  report(`unpacking ${debs.length} packages`);
  // A directory of its own each time: a tar whose parent was killed may still be writing to the last one.
  const complete = await mkdtemp(join(partial, "unpacked-"));
  await unpackPackages(debs, join(complete, "root"), set.unused);
  await linkPrograms(set, complete, directory);
  const versions = Object.fromEntries(debs.map((deb) => [deb.name, deb.version]));
  await writeFile(join(complete, "packages.json"), JSON.stringify({ versions }, undefined, 2));
  // Complete or absent: the final name appears only when all is in place.
  await rename(complete, directory);
  await rm(partial, { recursive: true, maxRetries: 5 });
  return versions;
}

async function linkPrograms({ request, programs }: PackageSet, complete: string, directory: string): Promise<void> {
  const bin = join(complete, "bin");
  await mkdir(bin, { recursive: true });
  const architectures = await readdir(join(complete, "root/usr/lib"));
  const libraries = join(directory, "root/usr/lib", architectures.find((name) => name.endsWith("-linux-gnu")) ?? "");
  for (const program of programs) {
    await access(join(complete, "root", program.path)).catch(() => {
      throw new Error(`no package of ${request.packages.join(", ")} holds ${program.path}`);
    });
    const link = join(bin, program.name);
    if (program.ownLibraries) {
      await writeFile(link, libraryWrapper(join(directory, "root", program.path), libraries));
      await chmod(link, 0o755);
    } else {
      await symlink(relative(bin, join(complete, "root", program.path)), link);
    }
  }
}

async function readVersions(directory: string): Promise<Record<string, string> | undefined> {
  const text = await readIfPresent(join(directory, "packages.json"));
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text)).versions;
}
