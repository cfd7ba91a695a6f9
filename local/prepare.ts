import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { kubectl, startCluster } from "./cluster/start.ts";
import { chooseImageSource } from "./images/image-source.ts";
import { buildImages, ensureImages, importImages, type ImageInputs } from "./images/ensure-images.ts";
import { ensurePackages } from "./packages/ensure-packages.ts";
import { paths } from "./paths.ts";
import { step } from "./progress.ts";
import { run } from "./run.ts";
import { ensureBackend } from "./stack/backend.ts";
import { build, isBuilt } from "./toolchain/build.ts";
import { kubernetes, pulumi, type Recipe } from "./toolchain/recipes.ts";

const repository = join(import.meta.dirname, "..");

/** Builds one recipe, with a progress line only where there is something to build. */
async function toolchain(recipe: Recipe, title: string): Promise<string> {
  if (await isBuilt(recipe)) return build(recipe, () => undefined);
  let folder = "";
  await step(title, async (note) => {
    folder = await build(recipe, note);
  });
  return folder;
}

/**
 * Brings everything up to the point where `pulumi up` can run: toolchain,
 * cluster, images, backend. What is there already stays.
 */
export async function prepare(): Promise<void> {
  const cacheDir = paths.cache;
  const packages = await stepOf("Debian packages, unpacked privately", (report) => ensurePackages({ cacheDir, report }));
  const programs = await toolchain(kubernetes, "Kubernetes, built from Go modules");
  const { pause } = await buildImages({ cacheDir, inputs: { pause: join(programs, "pause") }, roles: ["pause"], report: () => undefined });
  if (pause === undefined) throw new Error("The pause image was not built.");
  const ctr = join(packages.bin, "ctr");
  await step("Cluster", (note) =>
    startCluster(
      { toolchain: programs, packages: packages.bin, cniPlugins: packages.cniBin, runc: join(packages.bin, "runc"), pauseImage: pause },
      note,
    ),
  );
  await importImages({ cacheDir, refs: [pause], ctr, containerdAddress: paths.containerdSocket, report: () => undefined });
  for (const recipe of pulumi) await toolchain(recipe, `${recipe.module === "provider-kubernetes" ? "Pulumi's Kubernetes provider" : `Pulumi (${recipe.module})`}, built from Go modules`);
  await step("Service bundle", async () => {
    await run(process.execPath, [join(repository, "app", "build.mjs")], { cwd: join(repository, "app") });
  });
  await step("Images", async (note) => {
    const source = await chooseImageSource();
    const inputs: ImageInputs = {
      pause: join(programs, "pause"),
      kubeStateMetrics: join(programs, "kube-state-metrics"),
      service: { dist: join(repository, "app", "dist"), nodeProgram: process.execPath, version: await productVersion() },
    };
    const manifest = await ensureImages({ cacheDir, manifestFile: paths.imagesManifest, source, inputs, ctr, containerdAddress: paths.containerdSocket, report: note });
    return manifest.source === "registry" ? "official images, pulled by the node" : `${Object.keys(manifest.images).length} built from Debian packages (no image registry can be reached)`;
  });
  await step("Pulumi backend and generated secrets", (note) => ensureBackend(note));
  await kubectl(["get", "--raw", "/readyz"]);
}

async function stepOf<T>(title: string, work: (note: (message: string) => void) => Promise<T>): Promise<T> {
  let result: T | undefined;
  await step(title, async (note) => {
    result = await work(note);
  });
  return result as T;
}

/** The version in package.json, which the service reports as its own. */
export async function productVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as { version: string };
  return manifest.version;
}
