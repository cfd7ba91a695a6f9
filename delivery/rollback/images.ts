import { join } from "node:path";
import { importImages } from "@forecast-stack/local/images/containerd-images.ts";
import { hasImage } from "@forecast-stack/local/images/image-store.ts";
import { ensurePackages } from "@forecast-stack/local/packages/ensure-packages.ts";
import { paths } from "@forecast-stack/local/paths.ts";
import type { Obstacle } from "./plan.ts";

/** Images that only the embedded cluster has; all others are pulled from a registry. */
const LOCAL = "forecast-stack.local/";

/** Says which images of a release the node could not be given any more. The node itself is not asked: it removes images when it likes. */
export async function imageObstacles(images: readonly string[]): Promise<Obstacle[]> {
  const checked = await Promise.all(images.filter((image) => image.startsWith(LOCAL)).map(async (image) => ({ image, kept: await hasImage(paths.cache, image) })));
  return checked.filter(({ kept }) => !kept).map(({ image }) => ({ reason: `The image ${image} is gone: this machine's store of images does not have it, or not all of it. Choose another release with --to.` }));
}

/** Gives the embedded cluster's node the images that it has removed since. */
export async function bringImages(images: readonly string[]): Promise<void> {
  const refs = images.filter((image) => image.startsWith(LOCAL));
  if (refs.length === 0) return;
  const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
  await importImages({ cacheDir: paths.cache, refs, report: () => undefined, ctr: join(bin, "ctr"), containerdAddress: paths.containerdSocket });
}
