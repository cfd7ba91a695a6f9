import { buildImages, type ImageInputs } from "./build-images.ts";
import { importImages, type Containerd } from "./containerd-images.ts";
import { imageRoles, type ImageRole } from "./image-roles.ts";
import { writeImagesManifest, type ImagesManifest, type ImageSource } from "./images-manifest.ts";
import type { Report } from "../packages/report.ts";

/** Made here whatever the source: no registry has them. */
const ownRoles: readonly ImageRole[] = ["forecast-service", "pause"];

/** The roles whose images are built on this machine. */
export function rolesToBuild(source: ImageSource): readonly ImageRole[] {
  return source === "debian" ? imageRoles : ownRoles;
}

export interface EnsureImagesOptions extends Containerd {
  readonly cacheDir: string;
  /** Where the manifest is written. */
  readonly manifestFile: string;
  readonly source: ImageSource;
  readonly inputs: ImageInputs;
  readonly report: Report;
}

/** Builds what is missing, imports what the node lacks, and writes down which image each role has. */
export async function ensureImages(options: EnsureImagesOptions): Promise<ImagesManifest> {
  const { cacheDir, source, inputs, ctr, containerdAddress, report } = options;
  const images = await buildImages({ cacheDir, inputs, roles: rolesToBuild(source), report });
  await importImages({ cacheDir, refs: Object.values(images), ctr, containerdAddress, report });
  const manifest: ImagesManifest = { source, images };
  await writeImagesManifest(options.manifestFile, manifest);
  return manifest;
}
