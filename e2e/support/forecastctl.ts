import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repository } from "./test-stack.ts";

/** How a command ended, and all that it said. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Starts `forecastctl`, without colours as CI would have them, in a group of its own, for tests that do something to it on the way. */
export function startForecastctl(args: readonly string[], environment: Readonly<Record<string, string>> = {}): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [join(repository, "delivery", "bin", "forecastctl"), ...args], { env: { ...process.env, NO_COLOR: "1", ...environment }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, output })) };
}

/** Runs `forecastctl` to its end. */
export async function forecastctl(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Outcome> {
  return startForecastctl(args, environment).ended;
}

/**
 * Kills what startForecastctl started, pulumi and its plugins too.
 *
 * @returns false when it had ended by itself
 */
export async function killGroup({ child, ended }: ReturnType<typeof startForecastctl>): Promise<boolean> {
  if (child.exitCode !== null || child.pid === undefined) return false;
  process.kill(-child.pid, "SIGKILL");
  await ended;
  return true;
}
