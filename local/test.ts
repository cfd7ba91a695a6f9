import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isRunning, stopCluster } from "./cluster/stop.ts";
import { ensurePackages } from "./packages/ensure-packages.ts";
import { paths } from "./paths.ts";
import { prepare } from "./prepare.ts";
import { elapsed, step } from "./progress.ts";
import { stackEnvironment } from "./stack/environment.ts";

const HELP = `npm test [-- STAGE...]

Runs the stages in this order, or the named ones: types, lint, unit,
integration (a real Postgres), e2e (the embedded cluster, which is brought up
for it and stopped again when it was not running before).
Ends with "N passed, N failed". A skipped test counts as failed.
`;

const repository = join(import.meta.dirname, "..");

/** Jest leaves one idle otherwise, which is half of two. */
const ALL_PROCESSORS = "--maxWorkers=100%";

interface Count {
  passed: number;
  failed: number;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

async function tool(name: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(repository, "node_modules", ".bin", name), args, { cwd: repository, stdio: "inherit", env: environment });
    child.on("error", reject).on("close", (code) => resolve(code ?? 1));
  });
}

/** A stage without single tests counts as one. */
async function check(name: string, args: readonly string[]): Promise<Count> {
  process.stdout.write(`\n== ${name} ${args.join(" ")}\n`);
  return (await tool(name, args, process.env)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function sum(one: Count, other: Count): Count {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed };
}

async function jest(project: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Count> {
  process.stdout.write(`\n== ${project} tests\n`);
  const folder = await mkdtemp(join(tmpdir(), "jest-report-"));
  const file = join(folder, "report.json");
  const options = "--experimental-vm-modules --disable-warning=ExperimentalWarning";
  const code = await tool("jest", ["--selectProjects", project, "--json", "--outputFile", file, ...args], { ...environment, NODE_OPTIONS: options });
  const report = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as Partial<JestReport>;
  await rm(folder, { recursive: true });
  const { numPassedTests: passed = 0, numPendingTests: skipped = 0, numTodoTests: todo = 0 } = report;
  const failed = (report.numFailedTests ?? 0) + (report.numRuntimeErrorTestSuites ?? 0) + skipped + todo;
  if (skipped + todo > 0) process.stdout.write(`${skipped + todo} tests were skipped; that counts as failed.\n`);
  // Jest that ended badly without a failed test (a crash, no test found) has failed all the same.
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function endToEnd(): Promise<Count> {
  const wasRunning = isRunning();
  process.stdout.write("\n== the embedded cluster\n");
  await prepare(true);
  const environment = { ...process.env, ...stackEnvironment(process.env["PATH"] ?? "") };
  const alone = await jest("e2e-alone", ["--runInBand", "--testTimeout=120000"], environment);
  // Two at a time on any machine: one mostly waits for pods, and a third would keep two processors from what the others wait for.
  const count = sum(alone, await jest("e2e", ["--maxWorkers=2", "--testTimeout=120000"], environment));
  if (!wasRunning) {
    const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
    await step("Cluster stopped, as it was before", (note) => stopCluster(join(bin, "ctr"), note));
  }
  return count;
}

/** promtool checks rules in unit tests; it comes from the same private packages as the cluster's programs. */
async function withPromtool(): Promise<NodeJS.ProcessEnv> {
  const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
  return { ...process.env, PATH: `${process.env["PATH"] ?? ""}${delimiter}${bin}` };
}

const stages: Readonly<Record<string, () => Promise<Count>>> = {
  types: async () => sum(await check("tsc", ["--noEmit"]), await check("tsc", ["--noEmit", "--project", "dashboards/viewer/page"])),
  lint: () => check("eslint", ["."]),
  unit: async () => jest("unit", [ALL_PROCESSORS], await withPromtool()),
  integration: async () => jest("integration", [ALL_PROCESSORS, "--testTimeout=60000"], await withPromtool()),
  e2e: endToEnd,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in stages));
if (named.includes("--help")) {
  process.stdout.write(HELP);
} else if (unknown.length > 0) {
  process.stderr.write(`There is no stage ${unknown.join(", ")}. Stages: ${Object.keys(stages).join(", ")}.\n`);
  process.exitCode = 2;
} else {
  const total: Count = { passed: 0, failed: 0 };
  for (const name of named.length > 0 ? named : Object.keys(stages)) {
    const count = await stages[name]?.().catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return { passed: 0, failed: 1 };
    });
    total.passed += count?.passed ?? 0;
    total.failed += count?.failed ?? 0;
  }
  process.stdout.write(`\nAfter ${elapsed()}:\n${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}
