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
  /** Gets the service's image once an update has built it, before any pod runs it; may throw. */
  readonly accept: (image: string) => void;
}

export interface ChosenImages {
  readonly image: (role: ImageRole) => pulumi.Input<string>;
  /** The image as it is known before anything is built: a build's tag, not its digest. */
  readonly plannedImage: (role: ImageRole) => string;
  readonly versionOf: (role: ImageRole) => string;
  /** The images asked for so far. */
  readonly used: () => Partial<Record<ImageRole, pulumi.Input<string>>>;
}

/** Decides where each image comes from; declares the build of the service's own where the settings say so. */
export function chosenImages(settings: Settings, { root, version, manifestFile, accept }: ImageInputs): ChosenImages {
  const { imageSource, images: overrides } = settings;
  const choice = { imageSource, overrides, ...(imageSource === "embedded" ? { manifest: readImagesManifest(manifestFile) } : {}) };
  const build = settings.image.build ? buildPlan(settings.image, root, version) : undefined;
  const plannedImage = (role: ImageRole): string => (role === "forecast-service" && build !== undefined ? build.imageName : chooseImage(role, choice));
  // Asked for at once, so that a missing one is an error before anything is declared.
  plannedImage("forecast-service");
  const built =
    build === undefined
      ? undefined
      : buildServiceImage(build).apply((image) => {
          accept(image);
          return image;
        });

  const used: Partial<Record<ImageRole, pulumi.Input<string>>> = {};
  return {
    image: (role) => (used[role] ??= role === "forecast-service" && built !== undefined ? built : plannedImage(role)),
    plannedImage,
    versionOf: (role) => imageVersion(plannedImage(role)),
    used: () => used,
  };
}
