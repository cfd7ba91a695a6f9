import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { startTime } from "@forecast-stack/local/cluster/supervisor.ts";
import { isRunning } from "@forecast-stack/local/processes.ts";
import { z } from "zod";
import { ReleaseError } from "../releases/release-error.ts";
import { rollbacksFolder } from "./begun-rollback.ts";

/** `started` tells the process from a later one with the same number, where the system says when one started. */
const lockSchema = z.object({ pid: z.number(), started: z.string().nullable(), username: z.string(), hostname: z.string(), timestamp: z.string() });

/**
 * Does something that no other rollback of the stack may come between. Pulumi
 * locks a stack for each of its own operations alone; between two of them, the
 * database is changed for minutes. The lock of a process that is gone counts
 * for nothing.
 *
 * @throws ReleaseError naming who is at work, and since when
 */
export async function withRollbackLock<Result>(stack: string, work: () => Promise<Result>, folder = rollbacksFolder): Promise<Result> {
  const file = fileOf(stack, folder);
  const own = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await refuseDuringRollback(stack, folder);
  await rm(file, { force: true });
  await writeFile(own, JSON.stringify({ pid: process.pid, started: startTime(process.pid) ?? null, username: userInfo().username, hostname: hostname(), timestamp: new Date().toISOString() }));
  try {
    // A link is made whole or not at all, and never over another one.
    await link(own, file);
  } catch (error) {
    await refuseDuringRollback(stack, folder);
    throw error;
  } finally {
    await rm(own);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** @throws ReleaseError while another process rolls the stack back */
export async function refuseDuringRollback(stack: string, folder = rollbacksFolder): Promise<void> {
  const file = fileOf(stack, folder);
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return;
  const { pid, started, username, hostname: host, timestamp } = lockSchema.parse(JSON.parse(text));
  const here = host === hostname();
  if (here && (pid === process.pid || !isRunning(pid) || (started !== null && startTime(pid) !== started))) return;
  throw new ReleaseError(`${username} on ${host} has been rolling the stack ${stack} back since ${timestamp} (process ${pid}). Wait for it to end, or end it${here ? "" : `; when that machine is gone, delete ${file}`}.`);
}

function fileOf(stack: string, folder: string): string {
  return join(folder, `${stack}.lock`);
}
