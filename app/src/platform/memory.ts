import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

/** Where the kernel says how much memory a container may use: cgroup v2, then v1. */
const limitFiles = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

let limit: number | undefined;

/** Resident memory as a share (0 to 1) of what the process may use: its container's limit, else the machine's memory. */
export function memoryUsedRatio(): number {
  limit ??= memoryLimit();
  return process.memoryUsage.rss() / limit;
}

function memoryLimit(): number {
  for (const file of limitFiles) {
    try {
      const bytes = Number(readFileSync(file, "utf8"));
      // "max" is not a number; without a limit cgroup v1 gives one larger than any machine.
      if (Number.isFinite(bytes) && bytes < totalmem()) return bytes;
    } catch {
      continue;
    }
  }
  return totalmem();
}
