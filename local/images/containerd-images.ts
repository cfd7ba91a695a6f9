import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Report } from "../packages/report.ts";
import { runPipe } from "../packages/run-pipe.ts";
import { run } from "../run.ts";
import { blobPath, findRef, hasImage, imageBlobs, storeDirectory, type Descriptor } from "./image-store.ts";
import { platform } from "./oci-image.ts";

/** A running containerd and the program that talks to it. */
export interface Containerd {
  readonly ctr: string;
  /** Path of its socket. */
  readonly containerdAddress: string;
}

export interface ImportOptions extends Containerd {
  readonly cacheDir: string;
  readonly refs: readonly string[];
  readonly report: Report;
}

/**
 * Imports the images that the node lacks into the namespace of Kubernetes.
 * @throws when one of them is not in the store, or containerd does not answer
 */
export async function importImages(options: ImportOptions): Promise<void> {
  const { cacheDir, report } = options;
  const present = new Set((await ctr(options, ["images", "list", "--quiet"])).split("\n"));
  const missing = options.refs.filter((ref) => !present.has(ref));
  if (missing.length === 0) return;
  report(`importing ${missing.length} images`);
  const images = await Promise.all(missing.map((ref) => storedImage(cacheDir, ref)));
  const blobs = (await Promise.all(images.map(({ manifest }) => imageBlobs(cacheDir, manifest)))).flat();
  await mkdir(storeDirectory(cacheDir), { recursive: true });
  const index = await mkdtemp(join(storeDirectory(cacheDir), "import-"));
  try {
    await writeFile(join(index, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await writeFile(join(index, "index.json"), JSON.stringify(importIndex(images)));
    const files = [...new Set(blobs.map((blob) => blobPath(blob.digest)))];
    await runPipe(
      ["tar", "--create", "--file", "-", "-C", index, "oci-layout", "index.json", "-C", storeDirectory(cacheDir), ...files],
      [options.ctr, "--address", options.containerdAddress, "--namespace", "k8s.io", "images", "import", "-"],
    );
  } finally {
    await rm(index, { recursive: true });
  }
}

interface StoredImage {
  readonly ref: string;
  readonly manifest: Descriptor;
}

/** The index.json of an OCI archive; containerd takes an image's full name from the annotation. */
export function importIndex(images: readonly StoredImage[]): object {
  return {
    schemaVersion: 2,
    manifests: images.map(({ ref, manifest }) => ({ ...manifest, platform, annotations: { "io.containerd.image.name": ref } })),
  };
}

async function storedImage(cacheDir: string, ref: string): Promise<StoredImage> {
  const manifest = await findRef(cacheDir, ref);
  if (manifest === undefined || !(await hasImage(cacheDir, ref))) throw new Error(`the image ${ref} is not in ${storeDirectory(cacheDir)}`);
  return { ref, manifest };
}

async function ctr(containerd: Containerd, args: readonly string[]): Promise<string> {
  return run(containerd.ctr, ["--address", containerd.containerdAddress, "--namespace", "k8s.io", ...args]);
}
