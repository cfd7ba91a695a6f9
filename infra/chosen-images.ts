import type * as pulumi from "@pulumi/pulumi";
import type { ImageRole } from "./image-roles.ts";
import { chooseImage, imageVersion, readImagesManifest } from "./images.ts";
import { buildPlan, buildServiceImage } from "./service-image.ts";
import type { Settings } from "./settings.ts";

export interface ImageInputs {
  /** Root of the checkout, which a build takes its files from. */
  readonly root: string;
  readonly version: string;
  readonly manifestFile: string;
}

export interface ChosenImages {
  readonly image: (role: ImageRole) => pulumi.Input<string>;
  readonly versionOf: (role: ImageRole) => string;
  /** The images asked for so far. */
  readonly used: () => Partial<Record<ImageRole, pulumi.Input<string>>>;
}

/** Decides where each image comes from; declares the build of the service's own where the settings say so. */
export function chosenImages(settings: Settings, { root, version, manifestFile }: ImageInputs): ChosenImages {
  const { imageSource, images: overrides } = settings;
  const choice = { imageSource, overrides, ...(imageSource === "embedded" ? { manifest: readImagesManifest(manifestFile) } : {}) };
  const built = settings.image.build ? buildServiceImage(buildPlan(settings.image, root, version)) : undefined;
  // Asked for at once, so that a missing one is an error before anything is declared.
  if (built === undefined) chooseImage("forecast-service", choice);

  const used: Partial<Record<ImageRole, pulumi.Input<string>>> = {};
  return {
    image: (role) => (used[role] ??= role === "forecast-service" && built !== undefined ? built : chooseImage(role, choice)),
    versionOf: (role) => imageVersion(chooseImage(role, choice)),
    used: () => used,
  };
}
