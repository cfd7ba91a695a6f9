/**
 * Keeps the processes of the cluster alive. A program of its own that needs
 * nothing but Node: a copy of this file runs from the cluster's home, so the
 * cluster outlives the checkout that started it.
 *
 *     node supervisor.ts HOME
 *
 * It reconciles instead of reacting: twice a second it compares the table in
 * HOME/run/services.json with the processes recorded in HOME/run/<name>.pid.
 * A process that is gone is started again (with back-off when it dies young),
 * one whose command changed is replaced, and one that a killed supervisor left
 * behind is adopted. Processes are their own sessions, so none dies with it.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, openSync, closeSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Service {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `host:port` or a socket's path that must accept connections first. */
  readonly after?: readonly string[];
}

/** A started process, as recorded on disk. `started` is its start time, so a reused pid is never taken for it. */
export interface ProcessRecord {
  readonly pid: number;
  readonly started: string;
  readonly fingerprint: string;
}

const TICK = 500;
const LONGEST_PAUSE = 15_000;
/** A process that lived this long starts again at once. */
const SETTLED = 30_000;
const LARGEST_LOG = 20 * 1024 * 1024;

/** Milliseconds to wait before the next start of a process that died young `failures` times in a row. */
export function pauseAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_PAUSE, 250 * 2 ** (failures - 1));
}

/** Identifies what a process was started as. */
export function fingerprint(service: Service): string {
  return createHash("sha256").update(JSON.stringify([service.command, service.args, service.env])).digest("hex").slice(0, 16);
}

/** This start of the machine: process numbers and start times begin anew with each. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** When a live process began, as boot and clock tick, or undefined when it is gone or a zombie. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command is in parentheses and may hold spaces: count the fields behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : `${bootId()}/${fields[19] ?? ""}`;
  } catch {
    return undefined;
  }
}

export function readRecord(run: string, name: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(run, `${name}.pid`), "utf8")) as ProcessRecord;
  } catch {
    return undefined;
  }
}

export function isAlive(record: ProcessRecord | undefined): record is ProcessRecord {
  return record !== undefined && startTime(record.pid) === record.started;
}

export function writeRecord(run: string, name: string, record: ProcessRecord): void {
  const file = join(run, `${name}.pid`);
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

async function accepts(address: string): Promise<boolean> {
  const colon = address.lastIndexOf(":");
  const target = address.startsWith("/")
    ? { path: address }
    : { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  return new Promise((resolve) => {
    const socket = connect({ ...target, timeout: 1000 });
    const finish = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", finish(true)).on("error", finish(false)).on("timeout", finish(false));
  });
}

interface Attempt {
  failures: number;
  startedAt: number;
  notBefore: number;
}

class Supervisor {
  private readonly run: string;
  private readonly logs: string;
  private readonly attempts = new Map<string, Attempt>();

  constructor(home: string) {
    this.run = join(home, "run");
    this.logs = join(home, "logs");
  }

  async forever(): Promise<never> {
    for (;;) {
      const services = JSON.parse(readFileSync(join(this.run, "services.json"), "utf8")) as Service[];
      for (const service of services) await this.reconcile(service);
      await new Promise((resolve) => setTimeout(resolve, TICK));
    }
  }

  private async reconcile(service: Service): Promise<void> {
    const attempt = this.attempts.get(service.name) ?? { failures: 0, startedAt: 0, notBefore: 0 };
    this.attempts.set(service.name, attempt);
    const record = readRecord(this.run, service.name);
    if (isAlive(record)) {
      if (record.fingerprint !== fingerprint(service)) process.kill(record.pid, "SIGTERM");
      return;
    }
    if (attempt.startedAt > 0) {
      attempt.failures = Date.now() - attempt.startedAt > SETTLED ? 0 : attempt.failures + 1;
      attempt.notBefore = Date.now() + pauseAfter(attempt.failures);
      attempt.startedAt = 0;
      this.log(`${service.name} ended; starting it again in ${pauseAfter(attempt.failures)} ms`);
    }
    if (Date.now() < attempt.notBefore) return;
    for (const address of service.after ?? []) if (!(await accepts(address))) return;
    this.start(service);
    attempt.startedAt = Date.now();
  }

  private start(service: Service): void {
    const logFile = join(this.logs, `${service.name}.log`);
    if (existsSync(logFile) && statSync(logFile).size > LARGEST_LOG) renameSync(logFile, `${logFile}.1`);
    const log = openSync(logFile, "a");
    const child = spawn(service.command, [...service.args], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...service.env },
    });
    closeSync(log);
    child.on("error", (error) => this.log(`${service.name} cannot be started: ${error.message}`));
    if (child.pid === undefined) return;
    writeRecord(this.run, service.name, { pid: child.pid, started: startTime(child.pid) ?? "", fingerprint: fingerprint(service) });
    this.log(`${service.name} started as ${child.pid}`);
    child.unref();
  }

  private log(message: string): void {
    process.stdout.write(`${new Date().toISOString()} ${message}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const home = process.argv[2];
  if (home === undefined) throw new Error("usage: node supervisor.ts HOME");
  const run = join(home, "run");
  writeRecord(run, "supervisor", { pid: process.pid, started: startTime(process.pid) ?? "", fingerprint: "" });
  process.on("SIGTERM", () => {
    rmSync(join(run, "supervisor.pid"), { force: true });
    process.exit(0);
  });
  await new Supervisor(home).forever();
}
