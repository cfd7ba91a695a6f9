import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startCluster } from "./cluster/start.ts";
import { chooseImageSource } from "./images/image-source.ts";
import { buildImages, type ImageInputs } from "./images/build-images.ts";
import { importImages } from "./images/containerd-images.ts";
import { ensureImages } from "./images/ensure-images.ts";
import { ensurePackages } from "./packages/ensure-packages.ts";
import { withFileLock } from "./packages/file-lock.ts";
import { paths } from "./paths.ts";
import { step } from "./progress.ts";
import { run } from "./run.ts";
import { ensureBackend } from "./stack/backend.ts";
import { build, buildAll, isBuilt, outputFolder, removeGoCaches } from "./toolchain/build.ts";
import { useReadyMadePulumi } from "./toolchain/ready-made.ts";
import { kubernetes, pulumi, type Recipe } from "./toolchain/recipes.ts";

const repository = join(import.meta.dirname, "..");

/**
 * Brings everything up to the point where `pulumi up` can run: toolchain,
 * cluster, images, backend. What is there already stays.
 *
 * @param embedded whether the stack runs on the embedded cluster, or on one that exists
 */
export async function prepare(embedded: boolean): Promise<void> {
  // npm start and npm test side by side would build and restart the same things.
  await withFileLock(join(paths.cache, "prepare.lock"), async () => {
    if (embedded) await prepareCluster();
    else await prepareToolchain(await pulumiRecipes());
    await step("Pulumi backend and generated secrets", (note) => ensureBackend(note));
  });
}

/** What has to be built of Pulumi: nothing where a complete one is on PATH and none was built before. */
async function pulumiRecipes(): Promise<readonly Recipe[]> {
  const built = await Promise.all(pulumi.map(isBuilt));
  return !built.every(Boolean) && (await useReadyMadePulumi()) !== undefined ? [] : pulumi;
}

/** Builds what is missing and links what is there. */
async function prepareToolchain(recipes: readonly Recipe[]): Promise<void> {
  const built = await Promise.all(recipes.map(isBuilt));
  if (built.every(Boolean)) {
    for (const recipe of recipes) await build(recipe, () => undefined);
    return;
  }
  await step("Toolchain, built from Go modules", (note) => buildAll(recipes, note));
  await removeGoCaches();
}

async function prepareCluster(): Promise<void> {
  const cacheDir = paths.cache;
  const packages = await step("Debian packages, unpacked privately", (report) => ensurePackages({ cacheDir, report }));
  await prepareToolchain([kubernetes, ...(await pulumiRecipes())]);
  const programs = await outputFolder(kubernetes);
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
}

/** The version in package.json, which the service reports as its own. */
async function productVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as { version: string };
  return manifest.version;
}
