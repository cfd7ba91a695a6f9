import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { kubectl } from "@forecast-stack/local/cluster/start.ts";
import { run } from "@forecast-stack/local/run.ts";
import { goEnvironment } from "@forecast-stack/local/toolchain/build.ts";

const pins = join(import.meta.dirname, "..", "crds");

/** Where each pinned module keeps its definitions. */
const folders: Readonly<Record<string, string>> = {
  "github.com/cloudnative-pg/cloudnative-pg": "config/crd/bases",
  "github.com/prometheus-operator/prometheus-operator": "example/prometheus-operator-crd",
};

interface Download {
  readonly Path: string;
  readonly Dir: string;
}

/** Fetches the pinned modules, checked against e2e/crds/go.sum, and gives the definition files. */
async function definitionFiles(): Promise<string[]> {
  const pinned = JSON.parse(await run("go", ["mod", "edit", "-json"], { cwd: pins, env: goEnvironment() })) as { Require: { Path: string; Version: string }[] };
  const wanted = pinned.Require.map(({ Path, Version }) => `${Path}@${Version}`);
  // The answer is a stream of objects, not an array.
  const text = await run("go", ["mod", "download", "-json", ...wanted], { cwd: pins, env: goEnvironment() });
  const downloads = JSON.parse(`[${text.trim().replaceAll(/^}\n{/gm, "},\n{")}]`) as Download[];
  const files = await Promise.all(
    downloads.map(async ({ Path, Dir }) => {
      const folder = join(Dir, folders[Path] ?? "");
      return (await readdir(folder)).filter((name) => /^[a-z.]+_[a-z]+\.yaml$/.test(name)).map((name) => join(folder, name));
    }),
  );
  return files.flat();
}

/**
 * Installs the real custom resource definitions of CloudNativePG and the
 * Prometheus Operator.
 *
 * @returns removes those that were not there before
 */
export async function installCustomResources(): Promise<() => Promise<void>> {
  const listed = async (): Promise<Set<string>> => new Set((await kubectl(["get", "crd", "-o", "name"])).split("\n").filter(Boolean));
  const before = await listed();
  for (const file of await definitionFiles()) await kubectl(["apply", "--server-side", "--force-conflicts", "-f", file]);
  const added = [...(await listed())].filter((name) => !before.has(name));
  await Promise.all(added.map((name) => kubectl(["wait", name, "--for=condition=Established", "--timeout=60s"])));
  return async () => {
    if (added.length > 0) await kubectl(["delete", "--wait=false", ...added]);
  };
}
