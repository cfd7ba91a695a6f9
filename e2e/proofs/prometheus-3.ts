import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { ensurePackages } from "@forecast-stack/local/packages/ensure-packages.ts";
import { paths } from "@forecast-stack/local/paths.ts";
import { step } from "@forecast-stack/local/progress.ts";
import { build } from "@forecast-stack/local/toolchain/build.ts";
import { prometheus3 } from "@forecast-stack/local/toolchain/recipes.ts";
import { repository } from "../support/test-stack.ts";

/** The tests that ask a Prometheus or a promtool, by Jest's project. */
const tests = { unit: ["alerts/", "monitoring/", "dashboards/"], integration: ["alerts/prometheus-faults", "delivery/validate/", "app/src/validation/"] };

// The same rules, configurations, queries and tests as npm test has, on a Prometheus of the next major version.
const folder = await step("Prometheus 3 (built from its Go module)", (note) => build(prometheus3, note));
const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
const environment = { ...process.env, PATH: [folder, process.env["PATH"] ?? "", bin].join(delimiter), NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning" };
process.stdout.write(`${spawnSync("promtool", ["--version"], { env: environment, encoding: "utf8" }).stdout.split("\n")[0] ?? ""}\n`);
const codes = Object.entries(tests).map(([project, patterns]) => spawnSync(join(repository, "node_modules", ".bin", "jest"), [...patterns, "--selectProjects", project, "--testTimeout=60000"], { cwd: repository, env: environment, stdio: "inherit" }).status);
if (codes.some((code) => code !== 0)) process.exitCode = 1;
