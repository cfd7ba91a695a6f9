import { readFile } from "node:fs/promises";

import { z } from "zod";

import { imageRoles } from "./image-roles.ts";
import { writeAtomically } from "./image-store.ts";

/** Where a stack's images come from: built on this machine from Debian packages, or the official ones of a registry. */
export const imageSourceSchema = z.enum(["debian", "registry"]);
export type ImageSource = z.infer<typeof imageSourceSchema>;

/** The images that are on the node, by role. */
export const imagesManifestSchema = z.strictObject({
  source: imageSourceSchema,
  images: z.partialRecord(z.enum(imageRoles), z.string().min(1)),
});
export type ImagesManifest = z.infer<typeof imagesManifestSchema>;

/** @throws when the file is missing or not a manifest; the message names the file */
export async function readImagesManifest(file: string): Promise<ImagesManifest> {
  const parsed = imagesManifestSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) throw new Error(`${file} is not an images manifest: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Readers see the manifest before or after, never half of it. */
export async function writeImagesManifest(file: string, manifest: ImagesManifest): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
