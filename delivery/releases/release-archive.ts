import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { ReleaseError } from "./release-error.ts";

const archiveSchema = z.object({
  format: z.literal("forecast-stack releases 1"),
  project: z.string(),
  stack: z.string().regex(/^[\w.-]+$/),
  files: z.array(z.object({ name: z.string(), sha256: z.string(), content: z.string() })),
});

/** The history of one stack, as it is taken from one backend to another. */
export interface ReleaseArchive {
  readonly project: string;
  readonly stack: string;
  /** File name → content. Secrets in it stay encrypted. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** One compressed file with a SHA-256 of everything in it. */
export function packReleases({ project, stack, files }: ReleaseArchive): Buffer {
  const packed = [...files].map(([name, content]) => ({ name, sha256: sha256(content), content: content.toString("utf8") }));
  return gzipSync(JSON.stringify({ format: "forecast-stack releases 1", project, stack, files: packed } satisfies z.input<typeof archiveSchema>));
}

/**
 * @throws ReleaseError when it is no such archive, or anything in it has changed since it was packed
 */
export function unpackReleases(bytes: Buffer): ReleaseArchive {
  const { project, stack, files } = readArchive(bytes);
  const ours = (name: string) => name.startsWith(`${stack}-`) && /^\d+\.(history|checkpoint)\.json$/.test(name.slice(stack.length + 1));
  const unpacked = files.map(({ name, sha256: expected, content }) => {
    const buffer = Buffer.from(content, "utf8");
    if (!ours(name) || sha256(buffer) !== expected) throw new ReleaseError(`The archive is damaged: ${name} is not what was packed. Nothing was imported.`);
    return [name, buffer] as const;
  });
  return { project, stack, files: new Map(unpacked) };
}

function readArchive(bytes: Buffer): z.output<typeof archiveSchema> {
  try {
    return archiveSchema.parse(JSON.parse(gunzipSync(bytes).toString("utf8")));
  } catch {
    throw new ReleaseError("This is no archive of forecastctl releases export, or it is damaged. Nothing was imported.");
  }
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
