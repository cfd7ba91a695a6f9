import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { freeAbandonedLock } from "./lock.ts";

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
});
