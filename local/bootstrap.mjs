#!/usr/bin/env node
// @ts-check
/**
 * The door of every npm script: checks the machine, installs the dependencies
 * when they are not those of the lockfile, and hands over to the TypeScript
 * program on the Node that is one of them. Plain JavaScript, because it runs on
 * whatever Node the machine has.
 *
 *     node local/bootstrap.mjs FILE [ARGUMENT...]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { preflight } from "./preflight.mjs";

const root = join(import.meta.dirname, "..");
const modules = join(root, "node_modules");
const stamp = join(modules, ".forecast-stack-lock");
const [program = "local/start.ts", ...args] = process.argv.slice(2);

/** Programs that change the machine look at it first. */
if (["local/start.ts", "local/test.ts"].includes(program)) {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "forecast-stack");
  const problems = await preflight({
    context: args.includes("--context"),
    toolchainReady: ["bin/kubectl", "bin/pulumi", "plugins"].every((name) => existsSync(join(cache, "toolchain", name))),
  });
  if (problems.length > 0) {
    process.stderr.write(`This machine is not ready; nothing was changed.\n${problems.map((problem) => `  - ${problem}`).join("\n")}\n`);
    process.exit(69);
  }
}

const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  process.stdout.write("… installing the dependencies of package-lock.json\n");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (npm.status !== 0) {
    process.stderr.write("npm ci failed: the lines above say why; run the command again once that is mended.\n");
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

const result = spawnSync(join(modules, ".bin", "node"), ["--disable-warning=ExperimentalWarning", join(root, program), ...args], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${join(modules, ".bin")}${delimiter}${process.env["PATH"] ?? ""}` },
});
process.exit(result.status ?? 1);
