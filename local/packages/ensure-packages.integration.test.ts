import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { run } from "../run.ts";
import { ensurePackages, type NodePackages } from "./ensure-packages.ts";

let cacheDir: string;
let before: readonly string[];
let packages: NodePackages;

/** What an installation on the machine would change. */
async function machineState(): Promise<readonly string[]> {
  const paths = ["/var/lib/dpkg/status", "/var/lib/apt/lists", "/var/cache/apt", "/var/cache/apt/archives", "/etc/apt"];
  return Promise.all(
    paths.map(async (path) => {
      const { mtimeMs, size } = await stat(path);
      return `${path} ${mtimeMs} ${size}`;
    }),
  );
}

/** Starts the same set-up in a process of its own and kills it as soon as it says `message`. */
async function interruptAt(message: string): Promise<void> {
  const program = `const { ensurePackages } = await import(${JSON.stringify(join(import.meta.dirname, "ensure-packages.ts"))});
    await ensurePackages({ cacheDir: ${JSON.stringify(cacheDir)}, report: console.log });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  for await (const line of createInterface(child.stdout)) if (line.includes(message)) child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "packages-"));
  before = await machineState();
  await interruptAt("unpacking");
  packages = await ensurePackages({ cacheDir, report: () => undefined });
}, 180_000);
afterAll(() => rm(cacheDir, { recursive: true, force: true }));

describe("the node's programs", () => {
  it.each(["containerd", "ctr", "etcd", "ip6tables", "iptables", "nft", "prometheus", "promtool", "redis-server", "runc"])("include a %s that runs", async (program) => {
    expect(await run(join(packages.bin, program), ["--version"])).toMatch(/\d+\.\d+/);
  });

  it("write masquerading rules through iptables and show them through nft", async () => {
    const script = `iptables -t nat -A POSTROUTING -s 10.9.0.0/16 -m comment --comment pods -j MASQUERADE && nft list ruleset`;
    const rules = await run("unshare", ["--net", "sh", "-c", script], { env: { ...process.env, PATH: `${packages.bin}:/usr/bin:/bin` } });
    expect(rules).toMatch(/ip saddr 10\.9\.0\.0\/16 .*masquerade/);
  });

  it("include the CNI plugins of a node", async () => {
    expect(await readdir(packages.cniBin)).toEqual(expect.arrayContaining(["bridge", "host-local", "loopback", "portmap"]));
  });

  it("leave the machine's packages and apt as they were", async () => {
    expect(await machineState()).toEqual(before);
  });

  it("are complete after an interrupted set-up, and ready at once from then on", async () => {
    const messages: string[] = [];
    expect(await ensurePackages({ cacheDir, report: (message) => messages.push(message) })).toEqual(packages);
    expect(messages).toEqual([]);
  });
});
