import { userInfo } from "node:os";
import { step } from "@forecast-stack/local/progress.ts";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { confirm } from "../confirm.ts";
import { parseDuration } from "../flags/override-change.ts";
import { kindOf } from "../policy/kinds.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { changesOf } from "../releases/update.ts";
import { firstLine, tell } from "../tell.ts";
import type { Decision } from "@forecast-stack/monitoring/validation/judge.ts";
import { nextSteps } from "@forecast-stack/monitoring/validation/next-steps.ts";
import { validation } from "../validate/validation.ts";
import { startValidationJob } from "../validate/validation-job.ts";
import { Deploy, type DeployPlan } from "./deploy.ts";

interface Options {
  readonly message?: string;
  readonly allow: readonly string[];
  readonly window: number;
  readonly acknowledge?: true;
  readonly skipBuild?: true;
  readonly testData?: true;
  readonly validate?: number;
  readonly dryRun?: true;
  readonly yes?: true;
}

/** How long a release is judged by when nobody waits, as forecastctl validate does. */
const WINDOW_SECONDS = 48 * 3_600;

/** `forecastctl deploy`: everything that a deploy takes, in one command. */
export function deployCommand(): Command {
  return new Command("deploy")
    .description("Deploy this checkout to a stack: checks, backup, migrations, update, health, validation, notice.")
    .argument("[stack]", "the stack", "dev")
    .option("--message <text>", "what is said of the release (default: the last commit)")
    .option("--allow <names...>", "resources that may be deleted or replaced although they hold data", [])
    .option("--window <releases>", "how many releases must stay possible to go back to", positive, 3)
    .option("--acknowledge", "deploy again what was rolled back from")
    .option("--skip-build", "use the images that are there")
    .option("--test-data", "load the sample catalogue at the end; refused in production")
    .option("--validate <duration>", "how long the release is watched at the end, for example 10m (default: one look)", duration)
    .option("--dry-run", "show what would be done and change nothing; exits with 1 when something is in the way")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nNothing is changed before the policies are checked and the database is backed up; a failure leaves the old version at work.\n\nExamples:\n  forecastctl deploy dev --dry-run\n  forecastctl deploy production --message 'Release 1.4' --yes")
    .action(deploy);
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("It must be a number of seconds, minutes, hours or days, for example 10m.");
  return milliseconds / 1_000;
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be a number from 1 on.");
  return Number(text);
}

async function deploy(stack: string, { message, allow, window, acknowledge, skipBuild, testData, validate, dryRun, yes }: Options): Promise<void> {
  if (dryRun === true && acknowledge === true) throw new ReleaseError("--acknowledge allows a release again, which a dry run must not: leave one of them out.");
  const began = Date.now();
  const work = new Deploy({ stack, message, allow, window, acknowledge: acknowledge === true, testData: testData === true });
  await step("1. Prerequisites", (note) => work.prerequisites(note));
  const plan = await step("2. Preview and policies", (note) => work.plan(note));
  printPlan(stack, plan);
  if (plan.obstacles.length > 0) process.exitCode = 1;
  if (dryRun === true || plan.obstacles.length > 0) return;
  if (yes !== true && !(await confirm(`Deploy this to ${stack}?`))) {
    process.stdout.write("Nothing was changed.\n");
    return;
  }
  try {
    if (skipBuild === true) process.stdout.write("3. Build of the service: skipped, the images that are there are used\n");
    else {
      process.stdout.write("3. Build of the service:\n");
      await work.build();
    }
    process.stdout.write("4. Build of a front end: there is none; the service serves the pages of its API itself\n");
    await step("5. Backup of the database", (note) => work.backup(note));
    await step(`6. Migrations (${plan.migrations.length === 0 ? "none is new" : plan.migrations.join(", ")}), then every component`, (note) => work.update(note));
    await step("7. Health checks", (note) => work.healthChecks(note));
    if (testData === true) await step("8. Test data", () => work.testData());
    else process.stdout.write("8. Test data: not asked for (--test-data)\n");
  } catch (error) {
    await tell(stack, { title: `The deploy to ${stack} failed`, text: `${firstLine(error)} By ${userInfo().username}.`, severity: "warning" });
    throw error;
  }
  const { update } = await work.release();
  const { release, entry } = update;
  const sentence = `Release ${release ?? 0} of ${stack}: ${entry.message.split("\n")[0] ?? ""} (${changesOf(entry)} resources changed, migrations ${plan.migrations.join(", ") || "none"}, by ${userInfo().username}).`;
  process.stdout.write(`\n${pc.bold(sentence)}\nBack: npx forecastctl rollback --stack ${stack}\n`);
  process.stdout.write(`${await watched(stack)}\n`);
  const verdict = await validated(stack, validate);
  await tell(stack, { title: `Release ${release ?? 0} of ${stack} is deployed`, text: `${sentence} It took ${Math.round((Date.now() - began) / 1_000)} s. ${verdict.text}`, severity: verdict.decision === "NO-GO" ? "warning" : "info" });
  if (verdict.decision === "NO-GO") process.exitCode = 1;
}

/** Has the release watched from inside the cluster, whatever becomes of this terminal. */
function watched(stack: string): Promise<string> {
  return startValidationJob({ stack, release: undefined, windowSeconds: WINDOW_SECONDS, strict: false }).catch((error: unknown) => `No Job watches the release: ${firstLine(error)}`);
}

/** Holds the release to the watch list: what was deployed stays, whatever the answer is. */
async function validated(stack: string, watchedSeconds: number | undefined): Promise<{ readonly decision: Decision; readonly text: string }> {
  const options = { stack, release: undefined, windowSeconds: watchedSeconds ?? WINDOW_SECONDS, wait: watchedSeconds !== undefined, strict: false };
  const verdict = await step("Validation", (note) => validation(options, note)).then(
    (report) => ({ decision: report.decision, text: [`Validation: ${report.decision}.`, ...report.reasons, ...nextSteps(report)].join(" ") }),
    (error: unknown) => ({ decision: "UNKNOWN" as const, text: `Validation: UNKNOWN. ${firstLine(error)}` }),
  );
  process.stdout.write(`${verdict.text}\n`);
  return verdict;
}

function printPlan(stack: string, { resources, migrations, obstacles }: DeployPlan): void {
  const counts = Map.groupBy(resources, ({ operation }) => operation);
  process.stdout.write(`\n${pc.bold(stack)}: ${[...counts].map(([operation, some]) => `${some.length} ${operation}`).join(", ") || "no resources"}; migrations to apply: ${migrations.join(", ") || "none"}\n`);
  for (const { name, type, operation } of resources.filter((resource) => resource.operation !== "same")) process.stdout.write(`  ${operation.padEnd(8)} ${kindOf(type)} ${name}\n`);
  if (obstacles.length > 0) process.stdout.write(`\n${pc.red("This is not deployed:")}\n${obstacles.map((obstacle) => `  ${obstacle}\n`).join("")}`);
  process.stdout.write("\n");
}
