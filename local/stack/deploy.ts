import { join } from "node:path";
import { CommandError, run } from "../run.ts";
import { withStackDefaults } from "./environment.ts";

const repository = join(import.meta.dirname, "..", "..");
const pulumi = join(repository, "local", "bin", "pulumi");

export interface DeployOptions {
  readonly stack: string;
  /** Settings that go before those of the stack's file, as `path=value`. */
  readonly config?: readonly string[];
  readonly message?: string;
  /** Who does it: the history keeps it. */
  readonly by?: string;
}

/** What an update that was not made by hand says of who made it: this, then the name (the history's `exec.agent`). */
export const AGENT = "forecastctl/";

/**
 * Runs `pulumi up` of a stack the way a person would by hand, where the
 * environment says (see withStackDefaults).
 *
 * @returns how many resources changed, in Pulumi's words
 * @throws Error with the diagnostics alone, not the whole progress output
 */
export async function deploy(options: DeployOptions, note: (message: string) => void): Promise<string> {
  const config = (options.config ?? []).flatMap((setting) => ["--config-path", "--config", setting]);
  const args = ["up", "--stack", options.stack, "--yes", "--skip-preview", "--non-interactive", "--color", "never", ...config];
  if (options.message !== undefined) args.push("--message", options.message);
  if (options.by !== undefined) args.push("--exec-agent", `${AGENT}${options.by}`);
  try {
    const output = await run(pulumi, args, {
      cwd: repository,
      env: withStackDefaults(process.env),
      onLine: (line) => {
        const resource = /^\s*[+~-]+\s+(\S+)\s+(\S+)\s+(creating|created|updating|updated|replacing|replaced|deleting|deleted)/.exec(line);
        if (resource !== null) note(`${resource[3] ?? ""} ${resource[2] ?? ""}`);
      },
    });
    return summary(output);
  } catch (error) {
    if (error instanceof CommandError && error.exitCode !== null) throw new Error(`pulumi up --stack ${options.stack} failed:\n${diagnostics(error.output)}`, { cause: error });
    throw error;
  }
}

/** The counts under "Resources:", as one line. */
export function summary(output: string): string {
  const section = output.slice(output.lastIndexOf("Resources:")).split("\n").slice(1);
  const counts = section.slice(0, section.findIndex((line) => line.trim() === ""));
  return counts.map((line) => line.trim().replace(/^[^0-9]*\s*(?=\d)/, "")).join(", ");
}

/** What stands between "Diagnostics:" and the next heading, or the last lines where there is none. */
export function diagnostics(output: string): string {
  const begin = output.lastIndexOf("Diagnostics:");
  if (begin < 0) return output.trim().split("\n").slice(-15).join("\n");
  const rest = output.slice(begin + "Diagnostics:".length);
  const end = rest.search(/^(Outputs|Resources|Duration):/m);
  return rest.slice(0, end < 0 ? undefined : end).trim();
}

/** The outputs of a stack, from where the environment says. */
export async function readOutputs(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await run(pulumi, ["stack", "output", "--json", "--stack", stack], { cwd: repository, env: withStackDefaults(process.env) });
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
