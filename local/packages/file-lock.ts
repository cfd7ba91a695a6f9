import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Runs `work` while no other process holds the lock of the same file; waits for its turn.
 * The lock is held by a `flock` child that ends with our end of its pipe, so a killed process never leaves it locked.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const holder = spawn("flock", ["--exclusive", file, "sh", "-c", "echo locked; exec cat"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(holder, "close");
  const [first] = (await Promise.race([once(holder.stdout, "data"), ended])) as [unknown];
  if (!(first instanceof Buffer)) throw new Error(`the lock ${file} could not be taken: flock ended with ${String(first)}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
