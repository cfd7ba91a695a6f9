import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import type { Layer } from "./build-layer.ts";
import { service } from "./image-recipes.ts";
import { blobFile, hasBlob, hasImage, listRefs, pruneImages, storeDirectory, storeFile } from "./image-store.ts";
import { storeImage } from "./oci-image.ts";

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "image-store-"));
  await mkdir(storeDirectory(cacheDir));
});
afterEach(() => rm(cacheDir, { recursive: true }));

async function layerOf(content: string): Promise<Layer> {
  const file = join(storeDirectory(cacheDir), "layer.tar");
  await writeFile(file, content);
  return { blob: await storeFile(cacheDir, file, "application/vnd.oci.image.layer.v1.tar"), versions: {} };
}

const release = (layers: readonly Layer[]): Promise<string> => storeImage(cacheDir, "forecast-service", "0.1.0", layers, service.container);

describe("the image store", () => {
  it("says that an image is whole only while every layer is", async () => {
    const layer = await layerOf("node and bundle");
    const ref = await release([layer]);
    expect(await hasImage(cacheDir, ref)).toBe(true);
    await truncate(blobFile(cacheDir, layer.blob.digest), 4);
    expect(await hasImage(cacheDir, ref)).toBe(false);
  });

  it("does not know an image that was never built", async () => {
    expect(await hasImage(cacheDir, "forecast-stack.local/forecast-service:0.0.1-000000000000")).toBe(false);
  });

  it("prunes a release without taking the layers that another one shares", async () => {
    const base = await layerOf("base");
    const [oldBundle, newBundle] = [await layerOf("old bundle"), await layerOf("new bundle")];
    const oldRef = await release([base, oldBundle]);
    const newRef = await release([base, newBundle]);

    expect(await pruneImages(cacheDir, new Set([newRef]))).toEqual([oldRef]);

    expect(await listRefs(cacheDir)).toEqual([newRef]);
    expect(await hasImage(cacheDir, newRef)).toBe(true);
    expect(await hasBlob(cacheDir, oldBundle.blob)).toBe(false);
  });
});
