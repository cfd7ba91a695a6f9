import { access, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import type { DebFile } from "../packages/private-apt.ts";
import { run } from "../run.ts";
import type { LayerRecipe } from "./layer-recipe.ts";

/** Documentation that no container reads. Copyright files stay: the licences ask for them. */
export const documentation: readonly string[] = ["./usr/share/info", "./usr/share/lintian", "./usr/share/locale", "./usr/share/man"];

/** The text of /etc/passwd: root, nobody and the image's own account. initdb and others refuse an id without a name. */
export function passwdFile(user: LayerRecipe["user"]): string {
  const own = user === undefined ? "" : `${user.name}:x:${user.id}:${user.id}::${user.home}:/bin/sh\n`;
  return `root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n${own}`;
}

/** The text of /etc/group that belongs to passwdFile. */
export function groupFile(user: LayerRecipe["user"]): string {
  return `root:x:0:\nnogroup:x:65534:\n${user === undefined ? "" : `${user.name}:x:${user.id}:\n`}`;
}

/** Does for an unpacked root what the scripts of its packages would have done, as far as a container needs it. */
export async function finishRoot(root: string, debs: readonly DebFile[]): Promise<void> {
  await keepCopyrightsOnly(join(root, "usr/share/doc"));
  await bundleCertificates(root);
  await linkBusybox(root);
  await recordPackages(root, debs);
}

async function keepCopyrightsOnly(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const files = await readdir(join(directory, name)).catch(() => []);
    await Promise.all(files.filter((file) => file !== "copyright").map((file) => rm(join(directory, name, file), { recursive: true })));
  }
}

/** One file of all certificate authorities, where OpenSSL's and Go's programs look for it. */
async function bundleCertificates(root: string): Promise<void> {
  const source = join(root, "usr/share/ca-certificates/mozilla");
  const names = await readdir(source).catch(() => []);
  if (names.length === 0) return;
  const texts = await Promise.all(names.sort().map((name) => readFile(join(source, name), "utf8")));
  await mkdir(join(root, "etc/ssl/certs"), { recursive: true });
  await writeFile(join(root, "etc/ssl/certs/ca-certificates.crt"), texts.join(""), { mode: 0o644 });
  await rm(source, { recursive: true });
}

/** Gives busybox's shell and tools their usual names, save those that a package brought. */
async function linkBusybox(root: string): Promise<void> {
  const program = join(root, "bin/busybox");
  if (!(await exists(program))) return;
  for (const path of (await run(program, ["--list-full"])).trim().split("\n")) {
    const link = join(root, path.startsWith("usr/") ? path : `usr/${path}`);
    await mkdir(dirname(link), { recursive: true });
    if (basename(path) !== "busybox" && !(await exists(link))) await symlink("/bin/busybox", link);
  }
}

/** Package names and versions in the form that image scanners read (as in distroless images). */
async function recordPackages(root: string, debs: readonly DebFile[]): Promise<void> {
  if (debs.length === 0) return;
  const directory = join(root, "var/lib/dpkg/status.d");
  await mkdir(directory, { recursive: true });
  for (const deb of debs) await writeFile(join(directory, deb.name), await run("dpkg-deb", ["--field", deb.file]), { mode: 0o644 });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
