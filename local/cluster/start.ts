import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../paths.ts";
import { run } from "../run.ts";
import { writeWhenChanged } from "../write-file.ts";
import { ensureCertificates } from "./certificates.ts";
import { type NodePrograms, writeConfiguration } from "./configuration.ts";
import { cluster } from "./layout.ts";
import { setUpNetwork } from "./network.ts";
import { clusterServices } from "./services.ts";
import { bootId, type Service, isAlive, readRecord, startTime, writeRecord } from "./supervisor.ts";
import { systemObjects } from "./system-objects.ts";
import { until } from "./until.ts";

export interface ClusterInputs extends NodePrograms {
  /** Folder with the programs built from Go modules. */
  readonly toolchain: string;
  /** Folder with the programs of the unpacked Debian packages. */
  readonly packages: string;
}

/** Runs kubectl against the embedded cluster. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const options = { env: { ...process.env, KUBECACHEDIR: paths.kubectlCache }, ...(input === undefined ? {} : { input }) };
  return run(join(paths.toolchain, "bin", "kubectl"), ["--kubeconfig", paths.kubeconfig, ...args], options);
}

/**
 * Brings the cluster up, or makes sure that it is up: certificates,
 * configuration, network, the supervised processes, and the objects every
 * cluster has. Safe to call at any time; a process is only restarted when its
 * command or its configuration changed.
 */
export async function startCluster(inputs: ClusterInputs, note: (message: string) => void): Promise<string> {
  for (const folder of [paths.home, paths.bin, paths.run, paths.logs, paths.volumes]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await forgetEarlierBoot();
  note("certificates");
  await ensureCertificates(paths.pki);
  const node = await copyNode();
  await writeConfiguration(paths, inputs);
  await setUpNetwork(paths, join(inputs.packages, "nft"));
  const services = clusterServices(paths, { toolchain: inputs.toolchain, packages: inputs.packages, node });
  await writeWhenChanged(join(paths.run, "services.json"), JSON.stringify(await Promise.all(services.map(withConfigurationHash)), null, 2));
  await startGuardian(node);
  note("API server");
  await until("the API server", 120_000, () => kubectl(["get", "--raw", "/readyz"]), logOf("kube-apiserver"));
  const objects = { apiVersion: "v1", kind: "List", items: await systemObjects(paths.pki) };
  await until("the first objects", 60_000, () => kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], JSON.stringify(objects)), logOf("kube-apiserver"));
  note("node");
  await until("the node", 120_000, () => kubectl(["wait", "--for=condition=Ready", `node/${cluster.node}`, "--timeout=5s"]), logOf("kubelet"));
  note("metrics API");
  await until("the metrics API", 120_000, () => kubectl(["wait", "--for=condition=Available", "apiservice/v1beta1.metrics.k8s.io", "--timeout=5s"]), logOf("metrics-server"));
  return `Kubernetes ${(await kubectl(["get", "--raw", "/version"]).then((text) => JSON.parse(text) as { gitVersion: string })).gitVersion}`;
}

const logOf = (name: string): string => join(paths.logs, `${name}.log`);

/** What containerd keeps about running containers is wrong after a reboot; it expects to find none of it. */
async function forgetEarlierBoot(): Promise<void> {
  const file = join(paths.run, "boot-id");
  const earlier = await readFile(file, "utf8").catch(() => undefined);
  if (earlier !== undefined && earlier !== bootId()) await rm(join(paths.run, "containerd"), { recursive: true, force: true });
  await writeWhenChanged(file, bootId());
}

/** The cluster runs on a copy of Node, so that it outlives the checkout. */
async function copyNode(): Promise<string> {
  const copy = join(paths.bin, `node-${process.version}`);
  await writeFile(copy, "", { flag: "wx" }).then(
    async () => {
      await copyFile(process.execPath, `${copy}.new`);
      await rename(`${copy}.new`, copy);
    },
    () => undefined,
  );
  return copy;
}

/** Puts the hash of a service's configuration files into its environment: the supervisor restarts what changed. */
async function withConfigurationHash(service: Service): Promise<Service> {
  const hash = createHash("sha256");
  for (const argument of service.args) {
    const file = argument.slice(argument.indexOf("=") + 1);
    if (file.startsWith(paths.home)) hash.update(await readFile(file).catch(() => ""));
  }
  return { ...service, env: { ...service.env, FORECAST_STACK_CONFIGURATION: hash.digest("hex").slice(0, 16) } };
}

/** Starts the loop that restarts the supervisor, unless it runs. */
async function startGuardian(node: string): Promise<void> {
  if (isAlive(readRecord(paths.run, "guardian"))) return;
  const log = openSync(join(paths.logs, "supervisor.log"), "a");
  const loop = `while :; do "$0" --disable-warning=ExperimentalWarning "$1" "$2"; sleep 1; done`;
  const child = spawn("/bin/sh", ["-c", loop, node, join(paths.bin, "supervisor.ts"), paths.home], { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  closeSync(log);
  if (child.pid === undefined) throw new Error("The cluster's guardian could not be started: /bin/sh is missing.");
  writeRecord(paths.run, "guardian", { pid: child.pid, started: startTime(child.pid) ?? "", fingerprint: "" });
  child.unref();
  await until("the supervisor", 10_000, async () => {
    if (!isAlive(readRecord(paths.run, "supervisor"))) throw new Error("no supervisor yet");
    return Promise.resolve();
  });
}
