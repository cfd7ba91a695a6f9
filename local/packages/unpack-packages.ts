import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";

import type { DebFile } from "./private-apt.ts";
import { runPipe } from "./run-pipe.ts";

const mergedDirectories = ["bin", "lib", "lib64", "sbin"];

/**
 * Unpacks packages into `root`, which must be empty, without running any of their scripts: nothing is started, nothing
 * on the machine changes. `root` has the merged layout (/bin is usr/bin), as every supported release has.
 * @param exclude patterns of paths to leave out, as GNU tar's --exclude takes them
 */
export async function unpackPackages(debs: readonly DebFile[], root: string, exclude: readonly string[] = []): Promise<void> {
  for (const directory of mergedDirectories) {
    await mkdir(join(root, "usr", directory), { recursive: true });
    await symlink(join("usr", directory), join(root, directory));
  }
  const excluding = exclude.map((pattern) => `--exclude=${pattern}`);
  for (const deb of debs) {
    await runPipe(
      ["dpkg-deb", "--fsys-tarfile", deb.file],
      // Without --keep-directory-symlink a package with a /bin directory would replace the link.
      ["tar", "--extract", "--keep-directory-symlink", "--preserve-permissions", ...excluding, "-C", root, "-f", "-"],
    );
  }
}
