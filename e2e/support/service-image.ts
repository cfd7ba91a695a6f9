import { join } from "node:path";
import { ensurePackages } from "@forecast-stack/local/packages/ensure-packages.ts";
import { buildImages } from "@forecast-stack/local/images/build-images.ts";
import { importImages } from "@forecast-stack/local/images/containerd-images.ts";
import { paths } from "@forecast-stack/local/paths.ts";

const silent = (): void => undefined;

/**
 * Builds an image of the service from a folder like `app/dist` and gives it to
 * the node.
 *
 * @returns the image's reference
 */
export async function serviceImage(dist: string): Promise<string> {
  const { bin } = await ensurePackages({ cacheDir: paths.cache, report: silent });
  const inputs = { service: { dist, nodeProgram: process.execPath, version: "0.0.0" } };
  const images = await buildImages({ cacheDir: paths.cache, inputs, roles: ["forecast-service"], report: silent });
  const image = images["forecast-service"];
  if (image === undefined) throw new Error("The service image was not built.");
  await importImages({ cacheDir: paths.cache, refs: [image], ctr: join(bin, "ctr"), containerdAddress: paths.containerdSocket, report: silent });
  return image;
}
