import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint, isAlive, pauseAfter, readRecord, type Service, startTime } from "./supervisor.ts";
import { until } from "./until.ts";

const sleeper = (argument: string): Service => ({ name: "sleeper", command: "/bin/sleep", args: [argument] });

describe("the supervisor", () => {
  let home: string;
  let run: string;
  let supervisor: ChildProcess | undefined;

  const startSupervisor = (): void => {
    supervisor = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "supervisor.ts"), home], { stdio: "ignore" });
  };
  const describeServices = (...services: Service[]): Promise<void> => writeFile(join(run, "services.json"), JSON.stringify(services));
  const livePid = (except?: number): Promise<number> =>
    until("a live process", 15_000, async () => {
      const record = readRecord(run, "sleeper");
      if (!isAlive(record) || record.pid === except) throw new Error("not yet");
      return Promise.resolve(record.pid);
    });

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "supervisor-"));
    run = join(home, "run");
    await mkdir(run);
    await mkdir(join(home, "logs"));
  });

  afterEach(async () => {
    supervisor?.kill("SIGKILL");
    const record = readRecord(run, "sleeper");
    if (isAlive(record)) process.kill(record.pid, "SIGKILL");
    await rm(home, { recursive: true, force: true });
  });

  it("brings back a process that was killed", async () => {
    await describeServices(sleeper("1000"));
    startSupervisor();
    const first = await livePid();
    process.kill(first, "SIGKILL");
    expect(await livePid(first)).not.toBe(first);
  });

  it("adopts the processes of a supervisor that was killed, instead of starting them twice", async () => {
    await describeServices(sleeper("1000"));
    startSupervisor();
    const pid = await livePid();
    const before = readRecord(run, "supervisor");
    supervisor?.kill("SIGKILL");
    startSupervisor();
    await until("the second supervisor", 15_000, async () => {
      const record = readRecord(run, "supervisor");
      if (!isAlive(record) || record.pid === before?.pid) throw new Error("not yet");
      return Promise.resolve();
    });
    // The second supervisor proves that it reconciles by starting a further service.
    await describeServices(sleeper("1000"), { ...sleeper("2000"), name: "other" });
    const other = await until("the other service", 15_000, async () => {
      const record = readRecord(run, "other");
      if (!isAlive(record)) throw new Error("not yet");
      return Promise.resolve(record.pid);
    });
    process.kill(other, "SIGKILL");
    expect(await livePid()).toBe(pid);
  });

  it("replaces a process whose command changed", async () => {
    await describeServices(sleeper("1000"));
    startSupervisor();
    const first = await livePid();
    await describeServices(sleeper("1001"));
    const second = await livePid(first);
    expect((await readFile(`/proc/${second}/cmdline`, "utf8")).split("\0")[1]).toBe("1001");
  });

  it("waits for the address that a service needs", async () => {
    await describeServices({ ...sleeper("1000"), after: [join(home, "socket-that-never-comes")] }, { ...sleeper("1000"), name: "free" });
    startSupervisor();
    await until("the other service", 15_000, async () => {
      if (!isAlive(readRecord(run, "free"))) throw new Error("not yet");
      return Promise.resolve();
    });
    process.kill(readRecord(run, "free")?.pid ?? 0, "SIGKILL");
    expect(readRecord(run, "sleeper")).toBeUndefined();
  });
});

describe("a process record", () => {
  it("is not taken for another process that got the same pid", () => {
    const record = { pid: process.pid, started: startTime(process.pid) ?? "", fingerprint: "" };
    expect(isAlive(record)).toBe(true);
    expect(isAlive({ ...record, started: "an earlier boot/1" })).toBe(false);
  });

  it("differs when any part of the command does", () => {
    const prints = [sleeper("1"), sleeper("2"), { ...sleeper("1"), env: { A: "b" } }].map(fingerprint);
    expect(new Set(prints).size).toBe(3);
  });
});

it("starts a process that keeps dying ever more rarely, but at least every 15 seconds", () => {
  expect([0, 1, 2, 3, 20].map(pauseAfter)).toEqual([0, 250, 500, 1000, 15_000]);
});
