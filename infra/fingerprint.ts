import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folders whose content decides what a stack becomes. */
const sources = ["infra", "flags", "monitoring", "alerts", "dashboards", "migrations"];
/** What decides besides, where an update builds the service's image itself and no image that exists already can be named. */
const imageSources = ["app", "package-lock.json"];

/**
 * Names what an update would deploy: the same source with the same settings and
 * images gives the same name, whoever deploys it from wherever.
 *
 * @param root the repository
 * @param given what else decides: settings, images
 * @param buildsImage whether the update builds the service's image from the same source
 * @returns 16 hexadecimal digits
 */
export function fingerprint(root: string, given: readonly unknown[], buildsImage = false): string {
  const hash = createHash("sha256");
  for (const source of buildsImage ? [...sources, ...imageSources] : sources) {
    for (const file of filesOf(root, source)) hash.update(file).update("\0").update(readFileSync(join(root, file))).update("\0");
  }
  hash.update(JSON.stringify(given));
  return hash.digest("hex").slice(0, 16);
}

/** A file by itself, or what counts of a folder. */
function filesOf(root: string, source: string): string[] {
  if (source.endsWith(".json")) return [source];
  const files = readdirSync(join(root, source), { recursive: true, encoding: "utf8" }).filter((file) => /\.(tsx?|mjs|css|html|sql|json|md)$|Dockerfile$/.test(file) && !/(^|\/)(node_modules|golden|dist|viewer|check)\/|\.test\.tsx?$/.test(file));
  return files.sort().map((file) => `${source}/${file}`);
}
