import { createHash } from "node:crypto";
import { access, chmod, copyFile, link as hardLink, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { paths } from "../paths.ts";
import { run } from "../run.ts";
import type { Program, Recipe } from "./recipes.ts";

const sources = import.meta.dirname;

/**
 * Go's own caches, apart from the user's, so that `npm run destroy` can remove
 * them whole; no C compiler, because a bare machine has none and because pause
 * and kube-state-metrics run in images without a C library.
 */
export function goEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GOFLAGS: "-buildvcs=false -trimpath -modcacherw -mod=readonly",
    GOCACHE: join(paths.cache, "go", "build"),
    GOMODCACHE: join(paths.cache, "go", "mod"),
    GOWORK: "off",
    CGO_ENABLED: "0",
  };
}

/**
 * The folder that holds a recipe's programs. Its name changes with every file
 * that decides what is built, so an old build is never taken for a new one.
 */
export async function outputFolder(recipe: Recipe): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(recipe.programs));
  for (const file of await sourceFiles(join(sources, recipe.module))) {
    hash.update(basename(file)).update(await readFile(file));
  }
  return join(paths.toolchain, `${recipe.module}-${hash.digest("hex").slice(0, 12)}`);
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /\.go$|^go\.(mod|sum)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Whether all programs of a recipe are there, built from the sources as they are now. */
export async function isBuilt(recipe: Recipe): Promise<boolean> {
  const folder = await outputFolder(recipe);
  const present = await Promise.all(recipe.programs.map((program) => exists(join(folder, program.output))));
  return present.every(Boolean);
}

/**
 * Builds what is missing of a recipe. An interrupted build goes on where it
 * was: finished programs stay, and Go keeps every compiled package.
 *
 * @returns the folder with the programs
 */
export async function build(recipe: Recipe, note: (message: string) => void): Promise<string> {
  const folder = await outputFolder(recipe);
  const module = join(sources, recipe.module);
  await mkdir(folder, { recursive: true });
  if (!(await isBuilt(recipe))) {
    note("downloading modules");
    await run("go", ["mod", "download"], { cwd: module, env: goEnvironment() });
    await copyEmbedded(recipe, module);
    for (const program of recipe.programs) {
      const target = join(folder, program.output);
      if (await exists(target)) continue;
      await compile(program, module, `${target}.partial`, note);
      await rename(`${target}.partial`, target);
    }
  }
  await linkPrograms(recipe, folder);
  return folder;
}

/** How many modules are built at a time: while one links on a single core, another compiles on the rest. */
const LANES = 2;

/** Builds several recipes, the largest first, with one line of progress for all that is under way. */
export async function buildAll(recipes: readonly Recipe[], note: (message: string) => void): Promise<string> {
  const waiting = [...recipes];
  const underWay = new Map<string, string>();
  const lane = async (): Promise<void> => {
    for (let recipe = waiting.shift(); recipe !== undefined; recipe = waiting.shift()) {
      const { module } = recipe;
      await build(recipe, (message) => {
        underWay.set(module, message);
        note([...underWay.values()].join("; "));
      });
      underWay.delete(module);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return recipes.map(({ module }) => module).join(", ");
}

/** Removes Go's caches: eleven gigabytes that nothing needs once every program is built. */
export async function removeGoCaches(): Promise<void> {
  await rm(join(paths.cache, "go"), { recursive: true, force: true });
}

async function compile(program: Program, module: string, target: string, note: (message: string) => void): Promise<void> {
  const env = goEnvironment();
  const listed = await run("go", ["list", "-deps", program.package], { cwd: module, env });
  const total = listed.trim().split("\n").length;
  let done = 0;
  note(`${program.output} (${total} packages)`);
  // -v names each package once it has to be compiled; cached ones stay silent.
  await run("go", ["build", "-v", ...(program.flags ?? []), "-ldflags", program.ldflags, "-o", target, program.package], {
    cwd: module,
    env,
    onLine: () => {
      done += 1;
      note(`${program.output} ${done}/${total}`);
    },
  });
}

async function copyEmbedded(recipe: Recipe, module: string): Promise<void> {
  if (recipe.embed === undefined) return;
  const directory = await run("go", ["list", "-m", "-f", "{{.Dir}}", recipe.embed.module], { cwd: module, env: goEnvironment() });
  for (const file of recipe.embed.files) {
    const copy = join(module, basename(file));
    await rm(copy, { force: true });
    await copyFile(join(directory.trim(), file), copy);
    await chmod(copy, 0o644);
  }
}

/**
 * A program's other names beside it, and one folder for PATH with the newest
 * builds. Hard links: the CLI takes a language host for its own only when both
 * really are in one folder.
 */
async function linkPrograms(recipe: Recipe, folder: string): Promise<void> {
  const bin = join(paths.toolchain, recipe.linkInto ?? "bin");
  await mkdir(bin, { recursive: true });
  for (const program of recipe.programs) {
    const target = join(folder, program.output);
    const links = [...(program.links ?? []).map((name) => join(folder, name)), ...[program.output, ...(program.links ?? [])].map((name) => join(bin, name))];
    for (const link of links) {
      await rm(link, { force: true });
      await hardLink(target, link);
    }
  }
}
