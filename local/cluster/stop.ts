import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../paths.ts";
import { run } from "../run.ts";
import { type Service, isAlive, readRecord } from "./supervisor.ts";
import { until } from "./until.ts";

/** How long containers have to end by themselves: Postgres writes a checkpoint. */
const GRACE = 30_000;

/** Whether anything of the cluster runs. */
export function isRunning(): boolean {
  return ["guardian", "supervisor", "kube-apiserver", "kubelet", "containerd"].some((name) => isAlive(readRecord(paths.run, name)));
}

/**
 * Stops the cluster and leaves its data: first what would start things again,
 * then the pods while containerd still lives, then the rest.
 *
 * @param ctr containerd's command line
 */
export async function stopCluster(ctr: string, note: (message: string) => void): Promise<void> {
  for (const name of ["guardian", "supervisor", "kubelet"]) await end(name);
  if (isAlive(readRecord(paths.run, "containerd"))) await stopContainers(ctr, note);
  const services = JSON.parse(await readFile(join(paths.run, "services.json"), "utf8").catch(() => "[]")) as Service[];
  for (const { name } of services.toReversed()) {
    note(name);
    await end(name);
  }
}

/** Ends one recorded process: politely, and after ten seconds for good. */
async function end(name: string): Promise<void> {
  const record = readRecord(paths.run, name);
  if (!isAlive(record)) return;
  process.kill(record.pid, "SIGTERM");
  const gone = async (): Promise<void> => {
    if (isAlive(record)) throw new Error(`${name} (${record.pid}) still runs`);
    return Promise.resolve();
  };
  await until(`${name} to end`, 10_000, gone).catch(async () => {
    process.kill(record.pid, "SIGKILL");
    await until(`${name} to end`, 10_000, gone);
  });
  await rm(join(paths.run, `${name}.pid`), { force: true });
}

async function stopContainers(ctr: string, note: (message: string) => void): Promise<void> {
  const inNamespace = (...args: string[]): Promise<string> => run(ctr, ["--address", paths.containerdSocket, "-n", "k8s.io", ...args]);
  const running = async (): Promise<string[]> => {
    const lines = (await inNamespace("tasks", "ls")).trim().split("\n").slice(1);
    return lines.filter((line) => line.includes("RUNNING")).map((line) => line.split(/\s+/)[0] ?? "");
  };
  const signal = async (name: string): Promise<void> => {
    await Promise.all((await running()).map((id) => inNamespace("tasks", "kill", "--signal", name, id).catch(() => undefined)));
  };
  const none = async (): Promise<void> => {
    const left = await running();
    note(`${left.length} containers`);
    if (left.length > 0) throw new Error(`${left.length} containers still run`);
  };
  await signal("SIGTERM");
  await until("the containers to end", GRACE, none).catch(async () => {
    await signal("SIGKILL");
    await until("the containers to end", GRACE, none);
  });
}

/** Unmounts everything below the cluster's home, the deepest first. */
export async function unmountAll(): Promise<void> {
  const mounts = (await readFile("/proc/self/mounts", "utf8"))
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replaceAll("\\040", " "))
    .filter((target) => target.startsWith(`${paths.home}/`))
    .sort((a, b) => b.length - a.length);
  for (const target of mounts) await run("umount", ["--lazy", target]);
}

/** Removes the network namespaces of the pods, which outlive their containers. */
export async function removePodNetworks(): Promise<void> {
  const own = await readdir(join(paths.home, "cni", "forecast-stack")).catch(() => []);
  const containers = await Promise.all(
    own.filter((file) => /^\d/.test(file)).map((file) => readFile(join(paths.home, "cni", "forecast-stack", file), "utf8")),
  );
  // containerd names a pod's namespace in the state of its sandbox; ours are those whose routes lead to our range.
  if (containers.length === 0) return;
  for (const name of await readdir("/var/run/netns").catch(() => [])) {
    const addresses = await run("ip", ["-n", name, "-4", "-o", "address"]).catch(() => "");
    if (/ 10\.208\.(3[2-9]|4[0-7])\./.test(addresses)) await run("ip", ["netns", "delete", name]).catch(() => undefined);
  }
}
