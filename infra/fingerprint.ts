import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folders whose content decides what a stack becomes. */
const sources = ["infra", "flags", "monitoring", "alerts", "dashboards", "migrations"];

/**
 * Names what an update would deploy: the same source with the same settings and
 * images gives the same name, whoever deploys it from wherever.
 *
 * @param root the repository
 * @param given what else decides: settings, images
 * @returns 16 hexadecimal digits
 */
export function fingerprint(root: string, given: readonly unknown[]): string {
  const hash = createHash("sha256");
  for (const folder of sources) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((file) => /\.(ts|sql|json|md)$/.test(file) && !/(^|\/)(node_modules|golden|dist|viewer|check)\/|\.test\.ts$/.test(file));
    for (const file of files.sort()) hash.update(`${folder}/${file}`).update("\0").update(readFileSync(join(root, folder, file))).update("\0");
  }
  hash.update(JSON.stringify(given));
  return hash.digest("hex").slice(0, 16);
}
