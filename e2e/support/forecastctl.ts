import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repository } from "./test-stack.ts";

/** How a command ended, and all that it said. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Starts `forecastctl`, for tests that do something to it on the way. */
export function startForecastctl(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [join(repository, "delivery", "bin", "forecastctl"), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, output })) };
}
