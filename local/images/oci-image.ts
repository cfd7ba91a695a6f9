import type { Layer } from "./build-layer.ts";
import type { ContainerDefaults } from "./image-recipes.ts";
import type { ImageRole } from "./image-roles.ts";
import { storeJson, storeRef, type Descriptor } from "./image-store.ts";

const MANIFEST_MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_MEDIA_TYPE = "application/vnd.oci.image.config.v1+json";

/** OCI names processors as Go does. */
export const platform = { architecture: process.arch === "x64" ? "amd64" : process.arch, os: "linux" } as const;

/** The OCI image configuration; no time stands in it, so equal content is an equal image. */
export function imageConfiguration(layers: readonly Layer[], container: ContainerDefaults, version: string): object {
  return {
    ...platform,
    config: {
      User: container.user,
      Env: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
      Entrypoint: container.entrypoint,
      Cmd: container.command,
      WorkingDir: container.workingDirectory,
      Labels: { "org.opencontainers.image.version": version },
      ...(container.stopSignal === undefined ? {} : { StopSignal: container.stopSignal }),
    },
    // Layers are not compressed, so a layer's own digest is also that of its content.
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.blob.digest) },
  };
}

/** An image's name: its role, its version for people, its content for machines. */
export function imageRef(role: ImageRole, version: string, manifestDigest: string): string {
  return `forecast-stack.local/${role}:${version}-${manifestDigest.replace("sha256:", "").slice(0, 12)}`;
}

/** The upstream part of a Debian version that is allowed in a tag: `5:7.0.15-1~deb12u4` gives `7.0.15`. */
export function upstreamVersion(debianVersion: string): string {
  const version = /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(debianVersion)?.[1];
  if (version === undefined) throw new Error(`"${debianVersion}" is not a Debian version`);
  return version;
}

/** Puts layers together to an image in the store. @returns its name */
export async function storeImage(cacheDir: string, role: ImageRole, version: string, layers: readonly Layer[], container: ContainerDefaults): Promise<string> {
  const config = await storeJson(cacheDir, imageConfiguration(layers, container, version), CONFIG_MEDIA_TYPE);
  const manifest: Descriptor = await storeJson(
    cacheDir,
    { schemaVersion: 2, mediaType: MANIFEST_MEDIA_TYPE, config, layers: layers.map((layer) => layer.blob) },
    MANIFEST_MEDIA_TYPE,
  );
  const ref = imageRef(role, version, manifest.digest);
  await storeRef(cacheDir, ref, manifest);
  return ref;
}
