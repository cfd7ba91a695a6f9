import { readdir, readlink, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { removeNetwork } from "./cluster/network.ts";
import { removePodNetworks, stopCluster, unmountAll } from "./cluster/stop.ts";
import { ensurePackages } from "./packages/ensure-packages.ts";
import { paths } from "./paths.ts";
import { step } from "./progress.ts";

const HELP = `npm run destroy [-- --yes] [-- --keep-cache]

Stops the cluster and removes everything that npm start made on this machine:
  ${paths.home}  the cluster, its volumes, the stacks' state and secrets
  ${paths.cache}  built programs, packages and images (kept with --keep-cache)
--yes does not ask first.
`;

/** The kubelet links the logs of every container here, wherever its own folders are. */
const CONTAINER_LOGS = "/var/log/containers";

const NETWORK_RECORDS = "/var/lib/cni/results";

/** Folders that the kubelet, containerd and the network plugins make whatever they are told; the inner ones first. */
const SHARED_FOLDERS = ["/var/lib/kubelet/device-plugins", "/var/lib/kubelet", CONTAINER_LOGS, "/run/containerd/s", "/run/containerd", NETWORK_RECORDS, "/var/lib/cni"];

async function confirmed(): Promise<boolean> {
  if (process.argv.includes("--yes")) return true;
  process.stdout.write(HELP);
  if (!process.stdin.isTTY) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question("Remove all of it? Type yes: ");
  prompt.close();
  return answer.trim() === "yes";
}

async function removeLogLinks(): Promise<void> {
  for (const name of await readdir(CONTAINER_LOGS).catch(() => [])) {
    const link = join(CONTAINER_LOGS, name);
    const target = await readlink(link).catch(() => "");
    if (target.startsWith(`${paths.home}/`)) await rm(link);
  }
}

/** The network plugins write down every pod they connected; the pods of our network are named after it. */
async function removeNetworkRecords(): Promise<void> {
  const names = await readdir(NETWORK_RECORDS).catch(() => []);
  const ours = names.flatMap((name) => /^forecast-stack-([0-9a-f]+)-eth0$/.exec(name)?.[1] ?? []);
  const records = ours.flatMap((id) => [`forecast-stack-${id}-eth0`, `cni-loopback-${id}-lo`]);
  for (const name of records) await rm(join(NETWORK_RECORDS, name), { force: true });
}

/** Removes what is empty: a folder that somebody else uses is not. */
async function removeEmptyFolders(): Promise<void> {
  for (const folder of SHARED_FOLDERS) await rmdir(folder).catch(() => undefined);
}

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else if (!(await confirmed())) {
  process.stdout.write("Nothing was removed.\n");
  process.exitCode = 1;
} else {
  const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
  await step("Cluster stopped", (note) => stopCluster(join(bin, "ctr"), note));
  await step("Network, mounts and logs removed", async () => {
    await removePodNetworks();
    await removeNetwork(paths, join(bin, "nft"));
    await unmountAll();
    await removeLogLinks();
    await removeNetworkRecords();
    await removeEmptyFolders();
  });
  await step(`${paths.home} removed`, () => rm(paths.home, { recursive: true, force: true }));
  if (!process.argv.includes("--keep-cache")) await step(`${paths.cache} removed`, () => rm(paths.cache, { recursive: true, force: true }));
}
