import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Paths } from "../paths.ts";
import { run } from "../run.ts";
import { cluster } from "./layout.ts";

const FORWARDING = "/proc/sys/net/ipv4/ip_forward";
const COMMENT = "forecast-stack";

/** Pods reach the world under the machine's address; what stays inside the cluster keeps its own. */
const masquerade = `
table ip forecast-stack
delete table ip forecast-stack
table ip forecast-stack {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${cluster.podRange} ip daddr != { ${cluster.podRange}, ${cluster.serviceRange}, ${cluster.nodeAddress} } masquerade
  }
}
`;

/**
 * Gives the node its address and lets the kernel route between pods. What it
 * changes on the machine is remembered, so that `removeNetwork` can undo it.
 *
 * @param nft the nftables program
 */
export async function setUpNetwork(paths: Paths, nft: string): Promise<void> {
  await run("ip", ["address", "replace", `${cluster.nodeAddress}/32`, "dev", "lo"]);
  const forwarding = (await readFile(FORWARDING, "utf8")).trim();
  if (forwarding !== "1") {
    await writeFile(join(paths.home, "ip-forward-before"), forwarding);
    await writeFile(FORWARDING, "1");
  }
  await run(nft, ["-f", "-"], { input: masquerade });
  await passDockersFilter(nft);
}

/** Docker drops all forwarded packets that it does not know; its rules stay as they are, two are put before them. */
async function passDockersFilter(nft: string): Promise<void> {
  const chain = await forwardChain(nft);
  if (chain?.includes("policy drop") !== true || chain.includes(COMMENT)) return;
  for (const direction of ["saddr", "daddr"]) {
    await run(nft, ["insert", "rule", "ip", "filter", "FORWARD", "ip", direction, cluster.podRange, "accept", "comment", `"${COMMENT}"`]);
  }
}

async function forwardChain(nft: string): Promise<string | undefined> {
  return run(nft, ["-a", "list", "chain", "ip", "filter", "FORWARD"]).catch(() => undefined);
}

/** Undoes `setUpNetwork` and removes the tables that kube-proxy leaves behind. */
export async function removeNetwork(paths: Paths, nft: string): Promise<void> {
  const handles = [...((await forwardChain(nft)) ?? "").matchAll(/comment "forecast-stack" # handle (\d+)/g)].map((match) => match[1] ?? "");
  for (const handle of handles) await run(nft, ["delete", "rule", "ip", "filter", "FORWARD", "handle", handle]);
  for (const table of ["ip forecast-stack", "ip kube-proxy", "ip6 kube-proxy"]) {
    await run(nft, ["delete", "table", ...table.split(" ")]).catch(() => undefined);
  }
  await run("ip", ["address", "delete", `${cluster.nodeAddress}/32`, "dev", "lo"]).catch(() => undefined);
  const before = await readFile(join(paths.home, "ip-forward-before"), "utf8").catch(() => undefined);
  if (before !== undefined) await writeFile(FORWARDING, before);
}
