import { access } from "node:fs/promises";
import { join } from "node:path";

import { aptSources, keyringPath, machineDistribution, machineIndexTargets, type Distribution } from "./distribution.ts";
import { downloadPackages, preparePrivateApt, updateLists } from "./private-apt.ts";
import type { Report } from "./report.ts";
import { unpackPackages } from "./unpack-packages.ts";

/**
 * Finds the keyring that verifies a distribution's archive: the machine's own, or that of the machine's distribution's
 * package of the same purpose (Ubuntu has Debian's keys as a package, and the other way round).
 * @returns the directory below which keyringPath names the keyring
 */
export async function ensureArchiveKeyring(distribution: Distribution, cacheDir: string, report: Report): Promise<string> {
  const own = join(cacheDir, "packages", `keyring-${distribution.id}`);
  const root = join(own, "root");
  for (const candidate of ["/", root]) {
    if (await readable(keyringPath(distribution, candidate))) return candidate;
  }
  const name = distribution.id === "debian" ? "debian-archive-keyring" : "ubuntu-keyring";
  report(`fetching ${name}`);
  const apt = await preparePrivateApt(join(own, "apt"), aptSources(await machineDistribution(), await machineIndexTargets(), "/"));
  await updateLists(apt);
  const debs = await downloadPackages(apt, { packages: [name], assumed: [] }, {}, join(own, "archives"), report);
  await unpackPackages(debs, root);
  return root;
}

async function readable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
