import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { paths } from "@forecast-stack/local/paths.ts";
import { z } from "zod";

const quarantineSchema = z.object({ entries: z.array(z.object({ fingerprint: z.string(), release: z.number(), at: z.string(), by: z.string() })) });

/** A release that somebody rolled back from; the Pulumi program refuses to deploy it again. */
export type QuarantineEntry = z.infer<typeof quarantineSchema>["entries"][number];

export async function readQuarantine(stack: string): Promise<readonly QuarantineEntry[]> {
  const text = await readFile(fileOf(stack), "utf8").catch(() => '{"entries":[]}');
  return quarantineSchema.parse(JSON.parse(text)).entries;
}

/** Adds an entry; one of the same fingerprint is replaced. */
export async function quarantine(stack: string, entry: QuarantineEntry): Promise<void> {
  await write(stack, [...(await readQuarantine(stack)).filter(({ fingerprint }) => fingerprint !== entry.fingerprint), entry]);
}

/** Allows what has this fingerprint again; returns whether it was quarantined. */
export async function acknowledge(stack: string, fingerprint: string): Promise<boolean> {
  const entries = await readQuarantine(stack);
  const left = entries.filter((entry) => entry.fingerprint !== fingerprint);
  if (left.length === entries.length) return false;
  await write(stack, left);
  return true;
}

/** Whole or not at all: a reader never sees half a file. */
async function write(stack: string, entries: readonly QuarantineEntry[]): Promise<void> {
  const file = fileOf(stack);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify({ entries }, undefined, 2)}\n`);
  await rename(`${file}.new`, file);
}

function fileOf(stack: string): string {
  return join(paths.pulumi, "quarantine", `${stack}.json`);
}
