import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const packageFile = z.object({ version: z.string().regex(/^[0-9]+\.[0-9]+\.[0-9]+/) });

/** The product's version, from the package file at `root`. */
export function appVersion(root: string): string {
  return packageFile.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8"))).version;
}
