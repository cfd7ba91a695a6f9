import { writeFileSync } from "node:fs";
import { officialImages, officialImagesFile } from "./official-images.ts";
import { lookUpDigest } from "./registry-digest.ts";

/** `npm run images:pin`: writes the digest of every official image into the table, all or none. */
try {
  const pinned = await Promise.all(Object.entries(officialImages).map(async ([role, { name, tag }]) => ({ role, name, tag, digest: await lookUpDigest(name, tag) })));
  const lines = pinned.map(({ role, name, tag, digest }) => `  "${role}": { "name": "${name}", "tag": "${tag}", "digest": "${digest}" }`);
  writeFileSync(officialImagesFile, `{\n${lines.join(",\n")}\n}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)} Nothing was changed.\n`);
  process.exitCode = 1;
}
