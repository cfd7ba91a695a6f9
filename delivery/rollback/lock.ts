import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isRunning } from "@forecast-stack/local/processes.ts";
import { z } from "zod";
import { isFolder } from "../releases/history-backend.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { PROJECT } from "../releases/release-history.ts";
import { refuseDuringRollback } from "./rollback-lock.ts";

const lockSchema = z.object({ pid: z.number(), username: z.string(), hostname: z.string(), timestamp: z.string() });

/**
 * Looks whether anybody works on a stack, and changes nothing.
 *
 * @throws ReleaseError naming who does, and since when
 */
export async function refuseWhileBusy(stack: string): Promise<void> {
  await refuseDuringRollback(stack);
  await abandonedLocks(stack);
}

/**
 * Pulumi locks a stack while it works on it; one that was killed leaves its
 * lock behind. Such a lock is taken away when its process is known to be gone.
 *
 * @throws ReleaseError naming who holds the lock, and since when
 */
export async function freeAbandonedLock(stack: string): Promise<void> {
  await refuseDuringRollback(stack);
  for (const file of await abandonedLocks(stack)) await rm(file, { force: true });
}

/** The files of Pulumi's locks whose processes are gone. */
async function abandonedLocks(stack: string): Promise<string[]> {
  const url = process.env["PULUMI_BACKEND_URL"] ?? "";
  // Pulumi Cloud knows by itself who works on a stack, and says so.
  if (!isFolder(url)) return [];
  const folder = join(url.slice("file://".length), ".pulumi", "locks", "organization", PROJECT, stack);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  const files = names.map((name) => join(folder, name));
  for (const file of files) {
    // Gone since it was listed: whoever held it is done.
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const lock = lockSchema.parse(JSON.parse(text));
    if (lock.hostname !== hostname() || isRunning(lock.pid)) {
      throw new ReleaseError(`${lock.username} on ${lock.hostname} has been working on the stack ${stack} since ${lock.timestamp} (process ${lock.pid}). Wait for it to end, or end it; pulumi cancel --stack ${stack} takes away the lock of a machine that is gone.`);
    }
  }
  return files;
}
