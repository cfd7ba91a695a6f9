import { join } from "node:path";

import { openDebianApt } from "../packages/debian-apt.ts";
import type { PrivateApt } from "../packages/private-apt.ts";
import type { Report } from "../packages/report.ts";
import { buildLayer, type Layer, type LayerWorkshop } from "./build-layer.ts";
import { baseLayer, debianRecipes, kubeStateMetrics, pause, service } from "./image-recipes.ts";
import type { ImageRole } from "./image-roles.ts";
import { withStoreLock } from "./image-store.ts";
import { storeImage, upstreamVersion } from "./oci-image.ts";

/** What is not a Debian package; a role whose input is missing cannot be built. */
export interface ImageInputs {
  /** A static program. */
  readonly pause?: string;
  /** A static program. */
  readonly kubeStateMetrics?: string;
  /** `dist`: directory of the bundle with main.js; `nodeProgram`: the node to run it; `version`: for the tag. */
  readonly service?: { readonly dist: string; readonly nodeProgram: string; readonly version: string };
}

/** Role → full image name. */
export type ImageRefs = Partial<Record<ImageRole, string>>;

export interface BuildOptions {
  readonly cacheDir: string;
  readonly inputs: ImageInputs;
  readonly roles: readonly ImageRole[];
  readonly report: Report;
}

/**
 * Builds the images of `roles` that the store lacks, as root and without a container runtime; layers built before are
 * used as they are, so an unchanged repeat needs no network and takes about a second.
 * @throws when an input is missing, a package cannot be fetched, or this is not run as root
 */
export async function buildImages(options: BuildOptions): Promise<ImageRefs> {
  if (process.getuid?.() !== 0) throw new Error("images are built as root: their files belong to several accounts");
  return withStoreLock(options.cacheDir, () => buildAll(options));
}

async function buildAll({ cacheDir, inputs, roles, report }: BuildOptions): Promise<ImageRefs> {
  const apt = lazyApt(cacheDir, report);
  const refs: ImageRefs = {};
  for (const role of roles) {
    const workshop: LayerWorkshop = { cacheDir, apt, report: (message) => report(`${role}: ${message}`) };
    refs[role] = await buildImage(workshop, role, inputs);
  }
  return refs;
}

async function buildImage(workshop: LayerWorkshop, role: ImageRole, inputs: ImageInputs): Promise<string> {
  const { cacheDir } = workshop;
  const base = (): Promise<Layer> => buildLayer(workshop, baseLayer, undefined);
  switch (role) {
    case "pause": {
      const layer = await buildLayer(workshop, pause.layer(required(role, inputs.pause)), undefined);
      return storeImage(cacheDir, role, pause.version, [layer], pause.container);
    }
    case "kube-state-metrics": {
      const below = await base();
      const layer = await buildLayer(workshop, kubeStateMetrics.layer(required(role, inputs.kubeStateMetrics)), below);
      return storeImage(cacheDir, role, kubeStateMetrics.version, [below, layer], kubeStateMetrics.container);
    }
    case "forecast-service": {
      const { dist, nodeProgram, version } = required(role, inputs.service);
      const below = await base();
      const runtime = await buildLayer(workshop, service.runtimeLayer(nodeProgram), below);
      const bundle = await buildLayer(workshop, service.bundleLayer(dist), runtime);
      return storeImage(cacheDir, role, version, [below, runtime, bundle], service.container);
    }
    default: {
      const recipe = debianRecipes[role];
      const below = await base();
      const layer = await buildLayer(workshop, recipe.layer, below);
      return storeImage(cacheDir, role, upstreamVersion(layer.versions[recipe.versionOf] ?? ""), [below, layer], recipe.container);
    }
  }
}

function required<T>(role: ImageRole, input: T | undefined): T {
  if (input === undefined) throw new Error(`the image ${role} needs its program, which was not given`);
  return input;
}

/** Lists are fetched at most once a run, and only when something must be built. */
function lazyApt(cacheDir: string, report: Report): () => Promise<PrivateApt> {
  let apt: Promise<PrivateApt> | undefined;
  return () => (apt ??= openDebianApt(join(cacheDir, "images", "apt"), report));
}
