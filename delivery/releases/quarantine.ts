import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { paths } from "@forecast-stack/local/paths.ts";
import { writeWhenChanged } from "@forecast-stack/local/write-file.ts";
import { z } from "zod";
import { ReleaseError } from "./release-error.ts";

const entrySchema = z.object({
  /** As fingerprintOf gives it, with the service's image. */
  fingerprint: z.string(),
  /** The service's image, while it must not be deployed with other settings either; none since something that runs it was allowed. */
  image: z.string().optional(),
  release: z.number(),
  at: z.string(),
  by: z.string(),
});

const quarantineSchema = z.object({ entries: z.array(entrySchema) });

/** A release that somebody rolled back from; the Pulumi program refuses to deploy it again. */
export type QuarantineEntry = z.infer<typeof entrySchema>;

/** @throws ReleaseError when the file of the quarantine cannot be read: what it forbids must not be forgotten */
export async function readQuarantine(stack: string): Promise<readonly QuarantineEntry[]> {
  const file = fileOf(stack);
  try {
    return quarantineSchema.parse(JSON.parse(await readFile(file, "utf8"))).entries;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ReleaseError(`${file} says what ${stack} was rolled back from, and cannot be read: mend it, or remove it to allow everything again.`, { cause: error });
  }
}

/**
 * Adds an entry; one of the same fingerprint is replaced. Its image is refused,
 * too, until something that runs it is allowed, unless it runs on.
 *
 * @param runs what runs instead, as fingerprintOf names it
 */
export async function quarantine(stack: string, entry: Omit<QuarantineEntry, "image">, runs: string): Promise<void> {
  await write(stack, withEntry(await readQuarantine(stack), entry, runs));
}

/** Allows what has this fingerprint again, and its image; returns whether either was quarantined. */
export async function acknowledge(stack: string, fingerprint: string): Promise<boolean> {
  const entries = await readQuarantine(stack);
  const left = withoutFingerprint(entries, fingerprint);
  if (isDeepStrictEqual(left, entries)) return false;
  await write(stack, left);
  return true;
}

/** The quarantine with one more entry, for which see `quarantine`. */
export function withEntry(entries: readonly QuarantineEntry[], entry: Omit<QuarantineEntry, "image">, runs: string): QuarantineEntry[] {
  const image = imageIn(entry.fingerprint);
  return [...entries.filter(({ fingerprint }) => fingerprint !== entry.fingerprint), { ...entry, ...(image === undefined || image === imageIn(runs) ? {} : { image }) }];
}

/** The quarantine without what is allowed, for which see `acknowledge`. */
export function withoutFingerprint(entries: readonly QuarantineEntry[], allowed: string): QuarantineEntry[] {
  const runs = imageIn(allowed);
  const left = entries.filter(({ fingerprint }) => fingerprint !== allowed);
  return left.map(({ image, ...entry }) => (image === undefined || image === runs ? entry : { ...entry, image }));
}

function imageIn(fingerprint: string): string | undefined {
  return fingerprint.split(" ")[1];
}

/** Whole or not at all: a reader never sees half a file. */
async function write(stack: string, entries: readonly QuarantineEntry[]): Promise<void> {
  const file = fileOf(stack);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeWhenChanged(file, `${JSON.stringify({ entries }, undefined, 2)}\n`);
}

function fileOf(stack: string): string {
  return join(paths.pulumi, "quarantine", `${stack}.json`);
}
