import { join } from "node:path";
import { paths } from "../paths.ts";
import { CommandError, run } from "../run.ts";
import { stackEnvironment } from "./environment.ts";

const repository = join(import.meta.dirname, "..", "..");

export interface DeployOptions {
  readonly stack: string;
  /** Settings that go before those of the stack's file, as `path=value`. */
  readonly config?: readonly string[];
  readonly message?: string;
  /** Another cluster's kubeconfig, when not the embedded one is meant. */
  readonly kubeconfig?: string;
}

/**
 * Runs `pulumi up` of a stack the way a person would by hand.
 *
 * @returns how many resources changed, in Pulumi's words
 * @throws Error with the diagnostics alone, not the whole progress output
 */
export async function deploy(options: DeployOptions, note: (message: string) => void): Promise<string> {
  const config = (options.config ?? []).flatMap((setting) => ["--config-path", "--config", setting]);
  const args = ["up", "--stack", options.stack, "--yes", "--skip-preview", "--non-interactive", "--color", "never", ...config];
  if (options.message !== undefined) args.push("--message", options.message);
  try {
    const output = await run(join(repository, "local", "bin", "pulumi"), args, {
      cwd: repository,
      env: { ...process.env, ...stackEnvironment(process.env["PATH"] ?? "", options.kubeconfig) },
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

/** The outputs of a stack. */
export async function readOutputs(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await run(join(paths.toolchain, "bin", "pulumi"), ["stack", "output", "--json", "--stack", stack], {
    cwd: repository,
    env: { ...process.env, ...stackEnvironment(process.env["PATH"] ?? "") },
  });
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
