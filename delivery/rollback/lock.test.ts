import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { freeAbandonedLock, refuseWhileBusy } from "./lock.ts";

describe("the lock of a stack", () => {
  let backend: string;
  let folder: string;
  const before = process.env["PULUMI_BACKEND_URL"];
  beforeEach(async () => {
    backend = await mkdtemp(join(tmpdir(), "locks-"));
    process.env["PULUMI_BACKEND_URL"] = `file://${backend}`;
    folder = join(backend, ".pulumi", "locks", "organization", "forecast-stack", "dev");
    await mkdir(folder, { recursive: true });
  });
  afterEach(async () => {
    if (before === undefined) delete process.env["PULUMI_BACKEND_URL"];
    else process.env["PULUMI_BACKEND_URL"] = before;
    await rm(backend, { recursive: true });
  });
  const lock = async (pid: number, host: string) => writeFile(join(folder, "lock.json"), JSON.stringify({ pid, username: "somebody", hostname: host, timestamp: "2026-01-31T02:00:00Z" }));

  it("that somebody else holds is named with owner, time and process, and stays", async () => {
    await lock(process.pid, hostname());
    await expect(freeAbandonedLock("dev")).rejects.toThrow(`somebody on ${hostname()} has been working on the stack dev since 2026-01-31T02:00:00Z (process ${process.pid})`);
    expect(await readdir(folder)).toEqual(["lock.json"]);
  });

  it("of another machine is never taken away: nobody here knows whether it works", async () => {
    await lock(1, "another-machine");
    await expect(freeAbandonedLock("dev")).rejects.toThrow("pulumi cancel --stack dev");
  });

  it("of a process that is gone is taken away", async () => {
    // Larger than any process id of Linux.
    await lock(2 ** 22 + 1, hostname());
    await freeAbandonedLock("dev");
    expect(await readdir(folder)).toEqual([]);
  });

  it("of a process that is gone keeps nobody from looking, who leaves it where it is", async () => {
    await lock(2 ** 22 + 1, hostname());
    await refuseWhileBusy("dev");
    expect(await readdir(folder)).toEqual(["lock.json"]);
    await lock(process.pid, hostname());
    await expect(refuseWhileBusy("dev")).rejects.toThrow("has been working on the stack dev");
  });

  it("of a process that was killed is taken away before anybody asked how it ended", async () => {
    // The shell becomes a program that never asks after its child.
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    const [pid] = (await once(parent.stdout, "data")) as [Buffer];
    await lock(Number(pid), hostname());
    await until("the process to end", 5_000, () => freeAbandonedLock("dev"));
    expect(await readdir(folder)).toEqual([]);
    expect(() => process.kill(Number(pid), 0)).not.toThrow();
    parent.kill();
  });
});
