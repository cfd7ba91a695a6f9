import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { readFlagDirectory } from "./flag-directory.ts";

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "flags-"))));
afterEach(() => rm(directory, { recursive: true }));

/** As the kubelet mounts a ConfigMap: the files are in a folder of their version, and links lead to them. */
async function mount(map: string, data: Record<string, string>): Promise<void> {
  const version = join(directory, map, "..2026_03_01_12_00_00.1");
  await mkdir(version, { recursive: true });
  await symlink("..2026_03_01_12_00_00.1", join(directory, map, "..data"));
  for (const [key, text] of Object.entries(data)) {
    await writeFile(join(version, key), text);
    await symlink(join("..data", key), join(directory, map, key));
  }
}

it("mounted ConfigMaps are read as their keys and texts, without what the kubelet puts beside them", async () => {
  await mount("overrides", { CROSS_DOCK_ENABLED: "false", PREFETCH_TOP_N_QUERIES: "20" });
  await mount("rollouts", { hybrid: "flag: A\n", "hybrid.status": "weight: 5\n" });
  expect(await readFlagDirectory(directory)).toEqual({
    overrides: { data: { CROSS_DOCK_ENABLED: "false", PREFETCH_TOP_N_QUERIES: "20" }, annotations: {} },
    rollouts: { data: { hybrid: "flag: A\n", "hybrid.status": "weight: 5\n" }, annotations: {} },
  });
});

it("a map that is not mounted, and a folder that is not there, are left out", async () => {
  await mount("definitions", { "flags.json": "{}" });
  expect(Object.keys(await readFlagDirectory(directory))).toEqual(["definitions"]);
  expect(await readFlagDirectory(join(directory, "nowhere"))).toEqual({});
});
