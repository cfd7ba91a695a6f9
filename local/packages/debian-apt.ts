import { access } from "node:fs/promises";
import { join } from "node:path";

import { aptSources, keyringPath, machineDistribution, machineIndexTargets, type Distribution } from "./distribution.ts";
import { downloadPackages, preparePrivateApt, updateLists, type PrivateApt } from "./private-apt.ts";
import type { Report } from "./report.ts";
import { unpackPackages } from "./unpack-packages.ts";

/**
 * The release that all node programs and images come from, on whatever machine: one combination of versions is tested,
 * and its programs run on every newer C library (Debian 12 and Ubuntu 22.04 onwards).
 */
export const debianRelease: Distribution = { id: "debian", codename: "bookworm" };

/** A private apt in `directory` with fresh lists of debianRelease, from this machine's mirrors where it has any. */
export async function openDebianApt(directory: string, report: Report): Promise<PrivateApt> {
  const keyringRoot = await debianKeyringRoot(directory, report);
  const apt = await preparePrivateApt(directory, aptSources(debianRelease, await machineIndexTargets(), keyringRoot));
  report("reading the package lists");
  await updateLists(apt);
  return apt;
}

/** The directory below which the keys of Debian's archive lie: every Debian has them, Ubuntu has them as a package. */
async function debianKeyringRoot(directory: string, report: Report): Promise<string> {
  const own = join(directory, "keyring");
  const root = join(own, "root");
  for (const candidate of ["/", root]) {
    const found = await access(keyringPath(debianRelease.id, candidate)).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  const apt = await preparePrivateApt(join(own, "apt"), aptSources(await machineDistribution(), await machineIndexTargets(), "/"));
  await updateLists(apt);
  const request = { packages: ["debian-archive-keyring"], assumed: [] };
  await unpackPackages(await downloadPackages(apt, request, {}, join(own, "archives"), report), root);
  return root;
}
