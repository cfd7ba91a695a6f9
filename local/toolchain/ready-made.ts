import { constants } from "node:fs";
import { access, mkdir, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { paths } from "../paths.ts";
import { isAtLeast, versionIn } from "../preflight.mjs";
import { run } from "../run.ts";
import { KUBERNETES_PROVIDER_FOLDER, PULUMI_VERSION } from "./recipes.ts";

const PROVIDER = "pulumi-resource-kubernetes";

async function firstExecutable(candidates: readonly string[]): Promise<string | undefined> {
  for (const file of candidates) {
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return file;
  }
  return undefined;
}

/**
 * Finds a Pulumi that is on PATH already and complete: a new enough CLI, the
 * Node language host beside it, and the provider of the version that the program
 * is written for. Then nothing of Pulumi has to be built.
 *
 * @returns the version found, or undefined when something is missing
 */
export async function useReadyMadePulumi(): Promise<string | undefined> {
  const own = join(paths.toolchain, "bin");
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== own && !folder.endsWith("/local/bin"));
  const onPath = (name: string): Promise<string | undefined> => firstExecutable(folders.map((folder) => join(folder, name)));
  const plugins = join(homedir(), ".pulumi", "plugins", KUBERNETES_PROVIDER_FOLDER, PROVIDER);
  const [pulumi, language, provider] = await Promise.all([
    onPath("pulumi"),
    onPath("pulumi-language-nodejs"),
    firstExecutable([plugins, ...folders.map((folder) => join(folder, PROVIDER))]),
  ]);
  if (pulumi === undefined || language === undefined || provider === undefined) return undefined;
  const version = (await run(pulumi, ["version"])).trim();
  if (!isAtLeast(versionIn(version) ?? [], versionIn(PULUMI_VERSION) ?? [])) return undefined;
  const links = { [join(own, "pulumi")]: pulumi, [join(own, "pulumi-language-nodejs")]: language, [join(paths.toolchain, "plugins", KUBERNETES_PROVIDER_FOLDER, PROVIDER)]: provider };
  for (const [link, target] of Object.entries(links)) {
    await mkdir(dirname(link), { recursive: true });
    await rm(link, { force: true });
    await symlink(target, link);
  }
  return version;
}
