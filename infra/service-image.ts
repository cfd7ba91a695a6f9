import { Image } from "@pulumi/docker/image.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./settings.ts";

export interface BuildPlan {
  readonly context: string;
  readonly dockerfile: string;
  readonly platform: string;
  readonly args: Readonly<Record<string, string>>;
  readonly cacheFrom: readonly string[];
  readonly imageName: string;
}

/** What `docker build` would be told: the service's image with a fixed tag, never `latest`. */
export function buildPlan({ repository, platform, buildArguments, cacheFrom }: Settings["image"], root: string, version: string): BuildPlan {
  return {
    context: root,
    dockerfile: `${root}/app/Dockerfile`,
    platform,
    args: { ...buildArguments, APP_VERSION: version },
    cacheFrom,
    imageName: `${repository}:${version}`,
  };
}

/** Builds and pushes the service's image; the answer is the pushed image by digest, so that a rebuilt tag rolls the pods. */
export function buildServiceImage(plan: BuildPlan, options?: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { context, dockerfile, platform, args, cacheFrom, imageName } = plan;
  const image = new Image(
    "forecast-service",
    { imageName, build: { context, dockerfile, platform, args: { ...args }, ...(cacheFrom.length === 0 ? {} : { cacheFrom: { images: [...cacheFrom] } }) } },
    options,
  );
  return image.repoDigest;
}
