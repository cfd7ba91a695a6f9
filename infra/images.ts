import { readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import { z } from "zod";
import { type ImageRole, imageRoles } from "./image-roles.ts";
import { officialImages, type PinnedImage } from "./official-images.ts";

const manifestSchema = z.object({
  source: z.enum(["debian", "registry"]),
  images: z.partialRecord(z.enum([...imageRoles, "pause"]), z.string().min(1)),
});

/** The images that the embedded cluster has, by role. */
export type ImagesManifest = z.infer<typeof manifestSchema>;

/** An image that cannot be had; the CLI prints it without a stack trace. */
export class ImageError extends RunError {
  constructor(message: string, options?: ErrorOptions) {
    super(message);
    this.cause = options?.cause;
  }
}

/**
 * Reads the embedded cluster's manifest. Throws one sentence naming the file
 * when it is missing or is not a manifest.
 */
export function readImagesManifest(file: string): ImagesManifest {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ImageError(`imageSource is embedded, but the images manifest ${file} cannot be read; npm start writes it.`, { cause: error });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ImageError(`${file} is not an images manifest: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`, { cause: error });
  }
}

export interface ImageChoice {
  readonly imageSource: "embedded" | "registry";
  /** Replacements from the stack's settings; they win over everything. */
  readonly overrides: Readonly<Partial<Record<ImageRole, string>>>;
  /** Needed when the source is `embedded`. */
  readonly manifest?: ImagesManifest;
}

/** The image of one role. Throws, naming the setting to use, where there is none. */
export function chooseImage(role: ImageRole, { imageSource, overrides, manifest }: ImageChoice): string {
  // An embedded cluster that reaches a registry builds the service's image alone.
  const fromOfficial = imageSource === "registry" || manifest?.source === "registry";
  const chosen = overrides[role] ?? (imageSource === "embedded" ? manifest?.images[role] : undefined) ?? (fromOfficial ? official(role) : undefined);
  if (chosen !== undefined) return chosen;
  const remedy = role === "forecast-service" ? "set images.forecast-service, or image.build to true" : `set images.${role}, or switch the part off`;
  throw new ImageError(imageSource === "embedded" ? `The embedded cluster has no image for ${role}: ${remedy}.` : `There is no official image for ${role}: ${remedy}.`);
}

function official(role: ImageRole): string | undefined {
  return role === "forecast-service" ? undefined : imageReference(officialImages[role]);
}

/** `name:tag`, or `name:tag@digest` once the digest is known. */
export function imageReference({ name, tag, digest }: PinnedImage): string {
  return digest === undefined ? `${name}:${tag}` : `${name}:${tag}@${digest}`;
}

/** The version label of an image: its tag, cut to what a label may hold. */
export function imageVersion(reference: string): string {
  const [name = "", digest = "unknown"] = reference.split("@sha256:");
  const tag = /:([^:/]+)$/.exec(name)?.[1] ?? digest.slice(0, 12);
  return tag.slice(0, 63).replace(/[^A-Za-z0-9]+$/, "");
}
