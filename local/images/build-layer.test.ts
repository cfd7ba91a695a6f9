import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { layerKey, packRoot } from "./build-layer.ts";
import { layerRecipe } from "./layer-recipe.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "build-layer-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function makeRoot(name: string, fileNames: readonly string[], time: Date): Promise<string> {
  const root = join(directory, name);
  await mkdir(join(root, "app"), { recursive: true });
  for (const file of fileNames) {
    await writeFile(join(root, "app", file), `content of ${file}`);
    await chmod(join(root, "app", file), 0o644);
    await utimes(join(root, "app", file), time, time);
  }
  await symlink("app", join(root, "link"));
  return root;
}

async function pack(root: string): Promise<string> {
  await mkdir(join(directory, "images"), { recursive: true });
  return (await packRoot(directory, root, join(directory, "images", "layer.tar"))).digest;
}

describe("a packed layer", () => {
  it("is the same whenever and in whatever order its files were made", async () => {
    const first = await makeRoot("first", ["a", "b"], new Date(1e12));
    const second = await makeRoot("second", ["b", "a"], new Date(1.5e12));
    expect(await pack(second)).toBe(await pack(first));
  });

  it("is another one when a file may suddenly be executed", async () => {
    const root = await makeRoot("root", ["a"], new Date(1e12));
    const before = await pack(root);
    await chmod(join(root, "app", "a"), 0o755);
    expect(await pack(root)).not.toBe(before);
  });
});

describe("the key under which a layer is kept", () => {
  it("follows the content of copied files, however deep, and not their times", async () => {
    const dist = join(directory, "dist");
    await mkdir(join(dist, "migrations"), { recursive: true });
    const file = join(dist, "migrations", "V1.sql");
    await writeFile(file, "select 1");
    const recipe = layerRecipe({ copies: [{ source: dist, target: "app" }] });
    const before = await layerKey(recipe, undefined);
    await utimes(file, new Date(1e12), new Date(1e12));
    expect(await layerKey(recipe, undefined)).toBe(before);
    await writeFile(file, "select 2");
    expect(await layerKey(recipe, undefined)).not.toBe(before);
  });

  it("does not depend on where the copied files lie, so two clones share a layer", async () => {
    const keys = await Promise.all(
      ["clone-a", "clone-b"].map(async (clone) => {
        await mkdir(join(directory, clone));
        await writeFile(join(directory, clone, "main.js"), "run()");
        return layerKey(layerRecipe({ copies: [{ source: join(directory, clone), target: "app" }] }), undefined);
      }),
    );
    expect(keys[0]).toBe(keys[1]);
  });
});
