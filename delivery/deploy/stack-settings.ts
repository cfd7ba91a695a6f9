import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ReleaseError } from "../releases/release-error.ts";

/** What a deploy has to know of a stack's settings before Pulumi reads them. */
export interface StackSettings {
  /** The kubeconfig's context; undefined: the one in use. */
  readonly context: string | undefined;
  /** Whether it runs the images that are built on this machine. */
  readonly embeddedImages: boolean;
}

const fileSchema = z.object({ config: z.looseObject({ "kubernetes:context": z.string().optional(), "forecast-stack:imageSource": z.string().optional() }).nullish() });

/**
 * Reads a stack's file; a stack without one has every default.
 *
 * @param folder where Pulumi.yaml is
 * @throws ReleaseError when it is there and cannot be read
 */
export async function readStackSettings(folder: string, stack: string): Promise<StackSettings> {
  const file = `Pulumi.${stack.slice(stack.lastIndexOf("/") + 1)}.yaml`;
  try {
    const { config } = fileSchema.parse(parse(await readFile(join(folder, file), "utf8")) ?? {});
    return { context: config?.["kubernetes:context"], embeddedImages: config?.["forecast-stack:imageSource"] === "embedded" };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { context: undefined, embeddedImages: false };
    throw new ReleaseError(`${file} is not the file of a stack: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
