import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "@forecast-stack/local/paths.ts";
import { writeWhenChanged } from "@forecast-stack/local/write-file.ts";
import { z } from "zod";
import type { NumberedUpdate } from "../releases/update.ts";

/** Where this machine keeps what is known of rollbacks that are at work. */
export const rollbacksFolder = join(paths.pulumi, "rollbacks");

const begunSchema = z.object({
  /** The release that is gone back to. */
  to: z.number(),
  /** Id of the update that was the newest release then. */
  from: z.string(),
  request: z.object({ only: z.string().optional(), keepDrift: z.boolean(), withFlags: z.boolean(), undoMigrations: z.boolean(), acceptDataLoss: z.boolean() }),
  at: z.string(),
  by: z.string(),
});

/**
 * A rollback that was begun, as it is written down before its first change and
 * until everything is as recorded. The replay itself makes a release: without
 * this note, the same command would take that for what runs, and go one release
 * further back.
 */
export type BegunRollback = z.infer<typeof begunSchema>;

/** @returns undefined when no rollback of the stack is open */
export async function readBegun(stack: string, folder = rollbacksFolder): Promise<BegunRollback | undefined> {
  const text = await readFile(fileOf(stack, folder), "utf8").catch(() => undefined);
  return text === undefined ? undefined : begunSchema.parse(JSON.parse(text));
}

/** Whole or not at all: a kill leaves no half of it. */
export async function writeBegun(stack: string, begun: BegunRollback, folder = rollbacksFolder): Promise<void> {
  const file = fileOf(stack, folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhenChanged(file, `${JSON.stringify(begunSchema.parse(begun), undefined, 2)}\n`);
}

export async function removeBegun(stack: string, folder = rollbacksFolder): Promise<void> {
  await rm(fileOf(stack, folder), { force: true });
}

/** Whether it is still to be finished: nobody has made a release since but the rollback itself. */
export function isOpen({ from, to, request }: BegunRollback, releases: readonly NumberedUpdate[]): boolean {
  const index = releases.findIndex(({ id }) => id === from);
  return index >= 0 && releases.slice(index + 1).every(({ entry }) => entry.message.startsWith(`${rollbackName(to, request.only)}, by `));
}

/** What the release that a rollback makes is called; who makes it is said behind it. */
export function rollbackName(to: number, only: string | undefined): string {
  return `Rollback${only === undefined ? "" : ` of ${only}`} to release ${to}`;
}

/** For people, with the options that it was given. */
export function describeBegun({ to, request, at, by }: BegunRollback): string {
  const options = [
    ...(request.keepDrift ? ["--keep-drift"] : []),
    ...(request.withFlags ? ["--with-flags"] : []),
    ...(request.undoMigrations ? ["--undo-migrations"] : []),
    ...(request.acceptDataLoss ? ["--accept-data-loss"] : []),
  ];
  return `The ${rollbackName(to, request.only).toLowerCase()} that ${by} began at ${at}${options.length === 0 ? "" : ` with ${options.join(" ")}`}`;
}

function fileOf(stack: string, folder: string): string {
  return join(folder, `${stack}.json`);
}
