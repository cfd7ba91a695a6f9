import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Text given to the program's standard input. */
  readonly input?: string;
  /** Called with every line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Milliseconds after which the program is ended and the call fails. */
  readonly timeout?: number;
}

/** A program that could not be run or that ended with an exit code other than 0. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number | null;
  readonly output: string;

  constructor(command: string, exitCode: number | null, output: string) {
    const tail = output.trim().split("\n").slice(-20).join("\n");
    super(`${command} ended with exit code ${String(exitCode)}${tail === "" ? "" : `:\n${tail}`}`);
    this.exitCode = exitCode;
    this.output = output;
  }
}

/**
 * Runs a program to its end and gives its standard output.
 *
 * @throws {CommandError} when it cannot be started, times out or does not exit 0
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let all = "";
    const feed = lineSplitter(options.onLine);
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      all += chunk;
      feed(chunk);
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      all += chunk;
      feed(chunk);
    });
    // A program that ends before it has read everything says why by its exit code.
    child.stdin?.on("error", () => undefined);
    if (options.input !== undefined) child.stdin?.end(options.input);
    const timer = options.timeout === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.timeout);
    const name = `${command} ${args.slice(0, 4).join(" ")}`;
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new CommandError(name, null, error.message));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(stdout);
      else reject(new CommandError(name, code, all));
    });
  });
}

function lineSplitter(onLine: ((line: string) => void) | undefined): (chunk: string) => void {
  if (onLine === undefined) return () => undefined;
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  };
}
