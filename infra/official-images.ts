import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { imageRoles } from "./image-roles.ts";

/** The table itself is JSON, because `npm run images:pin` writes digests into it; nobody types one by hand. */
export const officialImagesFile = join(import.meta.dirname, "official-images.json");

const pinnedImage = z.strictObject({
  name: z.string().min(1),
  /** An exact version. */
  tag: z.string().regex(/^v?[0-9]+\.[0-9]+/),
  /** What the registry had under the tag when it was looked up. */
  digest: z.string().regex(/^sha256:[a-f0-9]{64}$/).optional(),
});

const officialRoles = imageRoles.filter((role) => role !== "forecast-service");
const officialImagesSchema = z.record(z.enum(officialRoles), pinnedImage);

/** An official image: an exact version and, once looked up, the digest that the version had. */
export type PinnedImage = z.infer<typeof pinnedImage>;

/** The official images that the stack runs where a registry can be reached. The service's own image has none. */
export const officialImages = officialImagesSchema.parse(JSON.parse(readFileSync(officialImagesFile, "utf8")));
