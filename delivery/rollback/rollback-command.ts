import { step } from "@forecast-stack/local/progress.ts";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { confirm } from "../confirm.ts";
import { notify } from "../notify.ts";
import { kindOf } from "../policy/kinds.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { printTable } from "../table.ts";
import { printTold } from "../tell.ts";
import { type FlagComparison, sameTexts } from "./flag-overrides.ts";
import { jobName } from "./jobs.ts";
import type { PlannedStep } from "./plan.ts";
import { failureNotice, rollbackNotice } from "./notices.ts";
import { Rollback, type RollbackResult } from "./rollback.ts";
import type { RollbackPlan } from "./rollback-plan.ts";
import { riskOfUndo } from "./schema.ts";
import { describeMismatch } from "./verify.ts";

interface Options {
  readonly stack: string;
  readonly to?: number;
  readonly only?: string;
  readonly keepDrift?: true;
  readonly withFlags?: true;
  readonly undoMigrations?: true;
  readonly acceptDataLoss?: true;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `forecastctl rollback`: back to any recorded release, from its own record. */
export function rollbackCommand(): Command {
  return new Command("rollback")
    .description("Go back to an earlier release of a stack, from its record alone.")
    .option("--stack <name>", "the stack", "dev")
    .option("--to <number>", "the release, as forecastctl releases lists them (default: the one of a rollback that was cut off, the newest one after an update that failed, else the last good one before it)", releaseNumber)
    .option("--only <part>", "one part of the stack alone, for example forecast-service: everything else stays as it is today")
    .option("--keep-drift", "leave what was changed in the cluster by hand (default: put it back)")
    .option("--with-flags", "make the overrides of the flags those of that release (default: today's stay, kill switches with them)")
    .option("--undo-migrations", "take back the migrations that the release did not have, each by its own undo")
    .option("--accept-data-loss", "with --undo-migrations: also those whose undo loses data, after a backup")
    .option("--yes", "do not ask")
    .option("--dry-run", "show the plan and change nothing; exits with 1 when something is in the way")
    .option("--json", "print JSON instead; needs --yes or --dry-run")
    .addHelpText("after", "\nThe plan comes first, then one question. What was rolled back from is not deployed again until somebody allows it\n(forecastctl releases acknowledge). Cut off at any moment, the same command\nfinishes the job, also without --to.\n\nExamples:\n  forecastctl rollback --stack production\n  forecastctl rollback --to 12 --dry-run\n  forecastctl rollback --to 12 --only forecast-service\n  forecastctl rollback --to 12 --undo-migrations\n  forecastctl rollback --to 12 --yes --json")
    .action(rollBack);
}

function releaseNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be the number of a release, as forecastctl releases lists them.");
  return Number(text);
}

async function rollBack({ stack, to, only, keepDrift, withFlags, undoMigrations, acceptDataLoss, yes, dryRun, json }: Options): Promise<void> {
  if (json === true && yes !== true && dryRun !== true) throw new ReleaseError("--json does not ask: add --yes or --dry-run.");
  if (acceptDataLoss === true && undoMigrations !== true) throw new ReleaseError("--accept-data-loss says what --undo-migrations may do: add that, or leave it out.");
  const rollback = new Rollback(stack);
  const request = { to, only, keepDrift: keepDrift === true, withFlags: withFlags === true, undoMigrations: undoMigrations === true, acceptDataLoss: acceptDataLoss === true };
  const plan = json === true ? await rollback.plan(request) : await step("Plan", () => rollback.plan(request));
  if (json !== true) printPlan(plan);
  if (dryRun === true || plan.obstacles.length > 0) {
    if (json === true) printJson({ plan: describePlan(plan), result: null });
    if (plan.obstacles.length > 0) process.exitCode = 1;
    return;
  }
  if (yes !== true && !(await confirm(`Roll ${plan.stack} back to release ${plan.target.update.release ?? 0}?`))) {
    process.stdout.write("Nothing was changed.\n");
    return;
  }
  const title = `Rollback to release ${plan.target.update.release ?? 0}`;
  const work = json === true ? rollback.run(plan, () => undefined) : step(title, (note) => rollback.run(plan, note));
  const result = await work.catch(async (error: unknown) => {
    const told = await notify(stack, failureNotice(plan, error));
    if (json !== true) printTold(told);
    throw error;
  });
  const told = await notify(stack, rollbackNotice(plan, result));
  if (json === true) printJson({ plan: describePlan(plan), result: { ...result, mismatches: result.mismatches.map(describeMismatch), told } });
  else {
    printResult(result);
    printTold(told);
  }
  if (result.mismatches.length > 0 || result.remaining.length > 0) process.exitCode = 1;
}

const marks = { unchanged: " ", updated: pc.yellow("~"), replaced: pc.magenta("±"), created: pc.green("+"), deleted: pc.red("-") } as const;

function printPlan({ stack, request, from, target, steps, jobs, flags, passwords, schema, notes, obstacles }: RollbackPlan): void {
  const { entry, release } = target.update;
  const part = request.only === undefined ? "" : `${request.only} alone, `;
  process.stdout.write(`\n${pc.bold(`${stack}: ${part}release ${from.release ?? 0} → ${release ?? 0}`)}  ${new Date(entry.endTime * 1_000).toISOString()}  ${entry.message.split("\n")[0] ?? ""}\n${notes.map((note) => `${note}\n`).join("")}\n`);
  const changed = steps.filter(({ operation, reason }) => operation !== "unchanged" || reason !== "");
  if (changed.length > 0) printTable(["", "resource", "kind", "what", "risk", "why"], changed.map((one) => [marks[one.operation], one.name, kindOf(one.type), one.operation, one.risk, describeReason(one)]));
  process.stdout.write(`${steps.length - changed.length} unchanged\n`);
  for (const job of jobs.gone) process.stdout.write(`The Job ${jobName(job)} finished in that release and is gone; it is put back as finished and not run again.\n`);
  for (const role of passwords.keys()) process.stdout.write(`The database's role ${role} gets back the password of that release.\n`);
  printSchema(schema, request.undoMigrations);
  printFlags(flags, request.withFlags);
  if (obstacles.length > 0) process.stdout.write(`\n${pc.red("This cannot be done:")}\n${obstacles.map(({ reason }) => `  ${reason}\n`).join("")}`);
}

function printSchema({ today, target, source, newer, missing }: RollbackPlan["schema"], undo: boolean): void {
  if (newer.length === 0 && missing.length === 0) return;
  process.stdout.write(`\nThe database's schema is ${today ?? "empty"}${source === "record" ? " by the newest release's record (it was not asked)" : ""}, that release's ${target ?? "not recorded"}: ${undo ? "what is newer is taken back" : "what is newer stays (--undo-migrations takes it back)"}${missing.length > 0 ? `, ${missing.join(", ")} is applied` : ""}\n`);
  if (newer.length > 0) printTable(["migration", "kind", "risk of its undo", "which loses"], newer.map(({ version, kind, loses }) => [version, kind, riskOfUndo({ loses }), loses === "" ? "nothing" : (loses ?? "not recorded")]));
}

function printFlags({ then, today }: FlagComparison, restored: boolean): void {
  if (then === undefined || sameTexts(then, today)) return;
  const names = [...new Set([...Object.keys(then), ...Object.keys(today)])].sort();
  process.stdout.write(`\nOverrides of flags: ${restored ? "those of that release come back" : "today's stay (--with-flags brings back those of that release)"}\n`);
  printTable(["flag", "then", "today"], names.map((name) => [name, then[name] ?? "-", today[name] ?? "-"]));
}

function describeReason({ reason, properties }: PlannedStep): string {
  return reason === "" ? properties.join(", ") : reason;
}

function printResult({ compared, mismatches, remaining, paused, undone, applied }: RollbackResult): void {
  if (undone.length > 0) process.stdout.write(`Migrations taken back: ${undone.join(", ")}\n`);
  if (applied.length > 0) process.stdout.write(`Migrations applied: ${applied.join(", ")}\n`);
  for (const name of paused) process.stdout.write(`The rollout ${name} was paused. Resume it when you are sure.\n`);
  process.stdout.write(`${compared} objects compared with the cluster: ${mismatches.length === 0 ? pc.green("all as recorded") : pc.red(`${mismatches.length} differ`)}\n`);
  for (const { name, paths } of mismatches) process.stdout.write(`  ${name}: ${paths.length === 0 ? "is not there" : paths.join(", ")}\n`);
  process.stdout.write(remaining.length === 0 ? "A preview of that release, after a refresh, has nothing left to change.\n" : `${pc.red("Still to change:")} ${remaining.map(({ name }) => name).join(", ")}\n`);
}

function describePlan({ stack, request, from, target, steps, jobs, drift, flags, passwords, schema, notes, obstacles }: RollbackPlan): object {
  return {
    stack,
    from: from.release,
    to: target.update.release,
    only: request.only ?? null,
    steps,
    jobs: { adopted: jobs.adopted.map(jobName), gone: jobs.gone.map(jobName) },
    drift: { kept: request.keepDrift, changed: drift.map(describeMismatch) },
    flags: { restored: request.withFlags, then: flags.then ?? null, today: flags.today },
    passwords: [...passwords.keys()],
    schema: { today: schema.today ?? null, target: schema.target ?? null, source: schema.source, undo: request.undoMigrations ? schema.newer.map(({ version }) => version) : [], newer: schema.newer.map((migration) => ({ ...migration, risk: riskOfUndo(migration) })), breaking: schema.breaking, missing: schema.missing },
    notes,
    obstacles,
  };
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
