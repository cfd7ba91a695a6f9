import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { step } from "@forecast-stack/local/progress.ts";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { parseDuration } from "../flags/override-change.ts";
import { notify } from "../notify.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { printTable } from "../table.ts";
import { htmlReport } from "./html.ts";
import type { Decision } from "@forecast-stack/monitoring/validation/judge.ts";
import { markdownReport, spellScore } from "@forecast-stack/monitoring/validation/markdown.ts";
import { nextSteps } from "@forecast-stack/monitoring/validation/next-steps.ts";
import type { ValidationReport } from "@forecast-stack/monitoring/validation/report.ts";
import { validation } from "./validation.ts";
import { startValidationJob } from "./validation-job.ts";
import { ValidationError } from "@forecast-stack/monitoring/validation/validation-error.ts";
import { verdictOf } from "@forecast-stack/monitoring/validation/verdict.ts";
import { spellBound, spellTime, spellValue } from "@forecast-stack/monitoring/validation/values.ts";

interface Options {
  readonly stack: string;
  readonly since?: number;
  readonly window: number;
  readonly out: string;
  readonly wait?: true;
  readonly strict?: true;
  readonly notify?: true;
  readonly job?: true;
  readonly json?: true;
}

const exitCodes: Readonly<Record<Decision, number>> = { GO: 0, "NO-GO": 1, UNKNOWN: 2 };

/** `forecastctl validate`: may a release stay? */
export function validateCommand(): Command {
  return new Command("validate")
    .description("Hold a release to the watch list, by what Prometheus knows of it, and write a report.")
    .option("--stack <name>", "the stack", "dev")
    .option("--since <release>", "the release, as forecastctl releases lists them (default: the newest one)", releaseNumber)
    .option("--window <duration>", "how long after it is looked at", duration, 48 * 3_600)
    .option("--out <folder>", "where the report is written, as Markdown, HTML and JSON", ".")
    .option("--wait", "look once a minute until the window is full or something is out of its bound")
    .option("--strict", "the targets of the next release decide, too")
    .option("--notify", "tell the stack's channels the answer")
    .option("--job", "let a Job in the cluster wait for the window and tell the stack's channels, whatever becomes of this terminal")
    .option("--json", "print the report as JSON instead of writing files")
    .addHelpText("after", "\nExit codes: 0 GO, 1 NO-GO, 2 unknown (something is not known, or the window is not full) or not possible.\n\nExamples:\n  forecastctl validate --stack production --since 12\n  forecastctl validate --since 12 --window 10m --wait --notify\n  forecastctl validate --since 12 --job\n  forecastctl validate --json | jq '.lines[] | select(.verdict != \"pass\")'")
    .action(validate);
}

function releaseNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be the number of a release, as forecastctl releases lists them.");
  return Number(text);
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("It must be a number of seconds, minutes, hours or days, for example 48h.");
  return milliseconds / 1_000;
}

async function validate({ stack, since, window, out, wait, strict, notify: tell, job, json }: Options): Promise<void> {
  if (job === true) {
    process.stdout.write(`${await startValidationJob({ stack, release: since, windowSeconds: window, strict: strict === true })}\n`);
    return;
  }
  const work = (note: (message: string) => void) => validation({ stack, release: since, windowSeconds: window, wait: wait === true, strict: strict === true }, note);
  try {
    const report = json === true ? await work(() => undefined) : await step("Validation", work);
    if (json === true) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    else printReport(report, await writeReport(report, out));
    if (tell === true) await tellOf(report);
    process.exitCode = exitCodes[report.decision];
  } catch (error) {
    if (!(error instanceof ReleaseError || error instanceof ValidationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = exitCodes.UNKNOWN;
  }
}

/** Writes the report in its three forms and gives their names; each appears whole or not at all. */
export async function writeReport(report: ValidationReport, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true }).catch(() => {
    throw new ReleaseError(`The folder ${folder} cannot be made: choose another one with --out.`);
  });
  const base = join(folder, `validation-${report.stack}-${report.release}`);
  const forms = [[`${base}.md`, markdownReport(report)], [`${base}.html`, htmlReport(report)], [`${base}.json`, `${JSON.stringify(report, undefined, 2)}\n`]] as const;
  for (const [file, text] of forms) {
    await writeFile(`${file}.new`, text).then(() => rename(`${file}.new`, file)).catch((error: unknown) => {
      throw new ReleaseError(`${file} cannot be written (${(error as { code?: string }).code ?? "error"}): choose another folder with --out.`);
    });
  }
  return forms.map(([file]) => file);
}

const colours = { GO: pc.green, "NO-GO": pc.red, UNKNOWN: pc.yellow, pass: pc.green, fail: pc.red, unknown: pc.yellow } as const;

function printReport(report: ValidationReport, files: readonly string[]): void {
  const { stack, release, window, decision, reasons, score, lines, anomalies } = report;
  process.stdout.write(`\n${pc.bold(`Release ${release} of ${stack}:`)} ${colours[decision](decision)}  (${spellTime(window.from)} to ${spellTime(window.to)}; stability score ${spellScore(score)})\n\n`);
  printTable(["line", "value", "before", "bound", "verdict"], lines.map(({ title, kind, value, before, unit, bound, verdict }) => [kind === "target" ? `target: ${title}` : title, spellValue(value, unit), spellValue(before, unit), spellBound(bound, unit), colours[verdict](verdict)]));
  section("Why", reasons);
  section("What stands out", anomalies);
  section("What to do", nextSteps(report));
  process.stdout.write(`\nThe report: ${files.join(", ")}\n`);
}

function section(title: string, sentences: readonly string[]): void {
  if (sentences.length > 0) process.stdout.write(`\n${pc.bold(title)}\n${sentences.map((sentence) => `  ${sentence}\n`).join("")}`);
}

/** What was found stays found, whether or not anybody could be told. */
async function tellOf(report: ValidationReport): Promise<void> {
  const result = await notify(report.stack, verdictOf(report));
  process.stderr.write(result.sent ? "The stack's channels were told.\n" : `Nobody was told: ${result.reason}\n`);
}
