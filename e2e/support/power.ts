import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unmountAll } from "@forecast-stack/local/cluster/stop.ts";
import { type ProcessRecord, isAlive, readRecord } from "@forecast-stack/local/cluster/supervisor.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { cluster } from "@forecast-stack/local/cluster/layout.ts";
import { paths } from "@forecast-stack/local/paths.ts";
import { run } from "@forecast-stack/local/run.ts";
import { repository } from "./test-stack.ts";

/** Brings the cluster up again the way `npm start` does. */
export async function startAgain(): Promise<void> {
  const program = "const { prepare } = await import(process.argv[1]); await prepare(true);";
  await run(process.execPath, ["--input-type=module", "--eval", program, join(repository, "local", "prepare.ts")]);
}

/**
 * Leaves the embedded cluster as a power cut and a reboot would: every process
 * gone at once, containers included, mounts and addresses gone, files as they
 * were on disk.
 */
export async function cutPower(): Promise<void> {
  const names = (await readdir(paths.run)).filter((name) => name.endsWith(".pid")).map((name) => name.slice(0, -".pid".length));
  // What would start others again goes first.
  const ordered = ["guardian", "supervisor", "kubelet", ...names];
  for (const record of ordered.map((name) => readRecord(paths.run, name))) if (isAlive(record)) kill(record);
  await until("every container to be gone", 30_000, async () => {
    const left = await containerProcesses();
    for (const pid of left) process.kill(pid, "SIGKILL");
    if (left.length > 0) throw new Error(`${left.length} are left`);
  });
  await unmountAll();
  await run("ip", ["address", "delete", `${cluster.nodeAddress}/32`, "dev", "lo"]);
  await writeFile(join(paths.run, "boot-id"), "an earlier boot");
}

function kill({ pid }: ProcessRecord): void {
  process.kill(pid, "SIGKILL");
}

/** The shims of the cluster's own containerd and everything below them. */
async function containerProcesses(): Promise<number[]> {
  const parents = new Map<number, number>();
  const shims: number[] = [];
  for (const entry of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const pid = Number(entry);
    const [command, stat] = await Promise.all(["cmdline", "stat"].map((file) => readFile(join("/proc", entry, file), "utf8").catch(() => "")));
    const fields = (stat ?? "").slice((stat ?? "").lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") continue;
    parents.set(pid, Number(fields[1]));
    if (command?.includes("containerd-shim") === true && command.includes(paths.containerdSocket)) shims.push(pid);
  }
  const below = (pid: number): boolean => shims.includes(pid) || (parents.has(pid) && below(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(below);
}
