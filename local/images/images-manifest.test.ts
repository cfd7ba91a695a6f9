import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { readImagesManifest, writeImagesManifest, type ImagesManifest } from "./images-manifest.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "images-manifest-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("the images manifest", () => {
  it("is read back as it was written, its directory made where it lacks", async () => {
    const file = join(directory, "images", "images.json");
    const manifest: ImagesManifest = { source: "debian", images: { redis: "forecast-stack.local/redis:7.0.15-0123456789ab" } };
    await writeImagesManifest(file, manifest);
    expect(await readImagesManifest(file)).toEqual(manifest);
  });

  it("is refused with the file's name and the key when a role is unknown", async () => {
    const file = join(directory, "images.json");
    await writeFile(file, JSON.stringify({ source: "debian", images: { mysql: "x" } }));
    await expect(readImagesManifest(file)).rejects.toThrow(/images\.json is not an images manifest: [^]*mysql/);
  });
});
