import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { startTime } from "@forecast-stack/local/cluster/supervisor.ts";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { refuseDuringRollback, withRollbackLock } from "./rollback-lock.ts";

describe("the lock of a rollback", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rollback-lock-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const held = async (lock: object) => writeFile(join(folder, "dev.lock"), JSON.stringify({ pid: process.ppid, started: startTime(process.ppid) ?? null, username: "anna", hostname: hostname(), timestamp: "2026-01-31T02:00:00Z", ...lock }));
  const take = () => withRollbackLock("dev", () => readdir(folder), folder);

  it("is there while the work is done, and gone after it, also when it fails", async () => {
    expect(await take()).toEqual(["dev.lock"]);
    expect(await readdir(folder)).toEqual([]);
    await expect(withRollbackLock("dev", () => Promise.reject(new Error("no")), folder)).rejects.toThrow("no");
    expect(await readdir(folder)).toEqual([]);
  });

  it("that somebody else holds is named with owner, time and process, and nothing is done", async () => {
    await held({});
    await expect(take()).rejects.toThrow(`anna on ${hostname()} has been rolling the stack dev back since 2026-01-31T02:00:00Z (process ${process.ppid}). Wait for it to end, or end it.`);
    expect(await readdir(folder)).toEqual(["dev.lock"]);
    // Another stack is nobody's concern.
    expect(await withRollbackLock("staging", () => Promise.resolve("done"), folder)).toBe("done");
  });

  it.each([
    // Larger than any process id of Linux.
    ["a process that is gone", { pid: 2 ** 22 + 1 }],
    ["a process whose number another one has now", { started: "then" }],
  ])("of %s counts for nothing", async (_whose, lock) => {
    await held(lock);
    expect(await take()).toEqual(["dev.lock"]);
  });

  it("of another machine is never taken away: its file is named", async () => {
    await held({ hostname: "another-machine", pid: 2 ** 22 + 1 });
    await expect(refuseDuringRollback("dev", folder)).rejects.toThrow(`when that machine is gone, delete ${join(folder, "dev.lock")}.`);
  });
});
