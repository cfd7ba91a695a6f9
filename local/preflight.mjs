// @ts-check
/**
 * Looks whether this machine can run the stack, before anything is changed.
 * Plain JavaScript without dependencies: it runs on the machine's own Node,
 * before `npm ci`.
 */
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, totalmem } from "node:os";
import { delimiter, dirname, join } from "node:path";

const GIB = 1024 ** 3;
const NEEDED_MEMORY = 7.5 * GIB;
/** Go needs 11 GiB of it while it compiles. */
const NEEDED_DISK = 16 * GIB;
const OLDEST_GO = [1, 21];
/** Ports that people meet (NodePorts are the cluster's own address and need no check) and those of the control plane. */
const PORTS = [12379, 12380, 20248, 20249, 20256, 20257, 20259, 20280, 20281];

/**
 * @typedef {{ readonly ok: boolean, readonly problem: string }} Finding
 *   `problem` is one sentence that says what is wrong and what to do.
 */

/** @param {string} program @returns {string | undefined} where PATH has the program */
function onPath(program) {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** @param {string} text version as a program prints it @returns {readonly number[] | undefined} */
export function versionIn(text) {
  const match = /(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** @param {readonly number[]} version @param {readonly number[]} oldest */
export function isAtLeast(version, oldest) {
  const [major = 0, minor = 0] = version;
  const [oldestMajor = 0, oldestMinor = 0] = oldest;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @returns {Finding} */
function checkSystem() {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const ok = process.platform === "linux" && process.arch === "x64" && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release);
  return { ok, problem: `This is ${process.platform} ${process.arch}; the embedded cluster needs Debian or Ubuntu on x86-64, or pass --context NAME to use a Kubernetes you have.` };
}

/** @returns {Finding} */
function checkRoot() {
  return { ok: process.getuid?.() === 0, problem: "The embedded cluster needs root: run the same command with sudo." };
}

/** @returns {Finding} */
function checkMemory() {
  const total = totalmem();
  return { ok: total >= NEEDED_MEMORY, problem: `The machine has ${(total / GIB).toFixed(1)} GiB of memory and needs ${NEEDED_MEMORY / GIB}: use a larger machine.` };
}

/** @param {string} folder @returns {Finding} */
function checkDisk(folder) {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  return { ok: free >= NEEDED_DISK, problem: `${folder} has ${(free / GIB).toFixed(1)} GiB free and needs ${NEEDED_DISK / GIB}: free some, or point ${folder.includes(".cache") ? "XDG_CACHE_HOME" : "FORECAST_STACK_HOME"} elsewhere.` };
}

/** @returns {Finding} */
function checkGo() {
  const go = onPath("go");
  if (go === undefined) return { ok: false, problem: "Go is not installed: install Go 1.21 or newer (Debian's own 1.19 is too old) and put it on PATH." };
  const printed = execFileSync(go, ["env", "GOVERSION"], { encoding: "utf8", env: { ...process.env, GOTOOLCHAIN: "local" } });
  const version = versionIn(printed);
  return { ok: version !== undefined && isAtLeast(version, OLDEST_GO), problem: `${go} is ${printed.trim()} and must be 1.21 or newer: install a newer Go and put it first on PATH.` };
}

/** @param {string} program @returns {Finding} */
function checkProgram(program) {
  return { ok: onPath(program) !== undefined, problem: `The program ${program} is missing: install the package that holds it (apt-get install ${program === "ip" ? "iproute2" : program}).` };
}

/** @param {string} home @returns {Finding} */
function checkOtherKubelet(home) {
  try {
    const lines = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
    const other = lines.find((line) => /(^|\/)kubelet /.test(line) && !line.includes(home));
    return { ok: other === undefined, problem: "Another kubelet runs on this machine and two would disturb each other: pass --context NAME to use its cluster, or stop it." };
  } catch {
    return { ok: true, problem: "" };
  }
}

/** @param {number} port @returns {Promise<Finding>} */
async function checkPort(port) {
  /** @type {boolean} */
  const free = await new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
  return { ok: free, problem: `Port ${port} on 127.0.0.1 is in use by another program: stop it (ss -ltnp 'sport = :${port}' names it) and run the command again.` };
}

/** @param {string} home whether the cluster below it runs, and so holds the ports itself */
function clusterRuns(home) {
  try {
    const pid = /"pid":(\d+)/.exec(readFileSync(join(home, "run", "kube-apiserver.pid"), "utf8"))?.[1] ?? "";
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(home);
  } catch {
    return false;
  }
}

/**
 * @param {{ readonly context: boolean, readonly toolchainReady: boolean }} options
 *   context: an existing cluster is used; toolchainReady: nothing has to be compiled
 * @returns {Promise<readonly string[]>} what stands in the way, a sentence each
 */
export async function preflight({ context, toolchainReady }) {
  const home = process.env["FORECAST_STACK_HOME"] ?? "/var/lib/forecast-stack";
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "forecast-stack");
  /** @type {Finding[]} */
  const findings = [];
  if (!toolchainReady) findings.push(checkGo());
  if (context) findings.push(checkProgram("kubectl"));
  if (!context) {
    findings.push(checkSystem(), checkRoot(), checkMemory(), checkDisk(home), checkDisk(cache), checkOtherKubelet(home));
    findings.push(...["ip", "tar", "apt-get", "dpkg-deb"].map(checkProgram));
    if (!clusterRuns(home)) findings.push(...(await Promise.all(PORTS.map(checkPort))));
  }
  return findings.filter(({ ok }) => !ok).map(({ problem }) => problem);
}
