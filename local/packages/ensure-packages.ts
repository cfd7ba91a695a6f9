import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { z } from "zod";

import { debianRelease, openDebianApt } from "./debian-apt.ts";
import { withFileLock } from "./file-lock.ts";
import { downloadPackages, type PackageRequest } from "./private-apt.ts";
import { libraryWrapper, nodePackages, nodePrograms, unusedPaths } from "./node-programs.ts";
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
  const { cacheDir, report } = options;
  const directory = join(cacheDir, "packages", packagesKey(nodePackages));
  const versions = await readVersions(directory);
  if (versions !== undefined) return describe(directory, versions);
  return withFileLock(join(cacheDir, "packages.lock"), async () => {
    // Another process may have built it while this one waited.
    const built = (await readVersions(directory)) ?? (await build(cacheDir, directory, report));
    return describe(directory, built);
  });
}

/** Names the directory of a request's packages: the same list gives the same name. */
export function packagesKey(request: PackageRequest): string {
  const programs = nodePrograms.map((program) => [program.name, program.path, program.ownLibraries]);
  const identity = JSON.stringify([debianRelease, request.packages, request.assumed, unusedPaths, programs]);
  return `${debianRelease.codename}-${createHash("sha256").update(identity).digest("hex").slice(0, 12)}`;
}

async function build(cacheDir: string, directory: string, report: Report): Promise<Record<string, string>> {
  const apt = await openDebianApt(join(cacheDir, "packages", "apt"), report);
  const partial = `${directory}.partial`;
  const debs = await downloadPackages(apt, nodePackages, {}, join(partial, "archives"), report);
  report(`unpacking ${debs.length} packages`);
  // A directory of its own each time: a tar whose parent was killed may still be writing to the last one.
  const complete = await mkdtemp(join(partial, "unpacked-"));
  await unpackPackages(debs, join(complete, "root"), unusedPaths);
  await linkPrograms(complete, directory);
  const versions = Object.fromEntries(debs.map((deb) => [deb.name, deb.version]));
  await writeFile(join(complete, "packages.json"), JSON.stringify({ versions }, undefined, 2));
  // Complete or absent: the final name appears only when all is in place.
  await rename(complete, directory);
  await rm(partial, { recursive: true, maxRetries: 5 });
  return versions;
}

async function linkPrograms(complete: string, directory: string): Promise<void> {
  const bin = join(complete, "bin");
  await mkdir(bin, { recursive: true });
  const architectures = await readdir(join(complete, "root/usr/lib"));
  const libraries = join(directory, "root/usr/lib", architectures.find((name) => name.endsWith("-linux-gnu")) ?? "");
  for (const program of nodePrograms) {
    await access(join(complete, "root", program.path)).catch(() => {
      throw new Error(`no package of ${nodePackages.packages.join(", ")} holds ${program.path}`);
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

function describe(directory: string, versions: Readonly<Record<string, string>>): NodePackages {
  const root = join(directory, "root");
  return { bin: join(directory, "bin"), cniBin: join(root, "usr/lib/cni"), root, versions };
}
