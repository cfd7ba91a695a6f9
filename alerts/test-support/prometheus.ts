import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { lookbackSeconds } from "@forecast-stack/monitoring/prometheus-config.ts";
import { stringify } from "yaml";
import { eventually } from "./alertmanager.ts";
import { freePort } from "./free-port.ts";

/** A series of made-up history: its value at a moment, undefined where it has none. */
export type History = Readonly<Record<string, (at: number) => number | undefined>>;

export interface PrometheusOptions {
  /** A configuration without rules; `rules` is written beside it and named in it. */
  readonly config?: object;
  readonly rules?: object;
  /** History that it has from the start: every `step` seconds, in seconds since 1970. */
  readonly history?: { readonly series: History; readonly from: number; readonly to: number; readonly step: number };
  /** Its data lies on a disk of its own of this size (`2m`), which `npm test` may mount because it is root. */
  readonly disk?: string;
  /** Seconds that a value counts; by default as long as in a stack. */
  readonly lookback?: number;
  /** Further flags of the program. */
  readonly flags?: readonly string[];
}

/** A real Prometheus for one test file. */
export interface TestPrometheus {
  readonly url: string;
  /** The result of an instant query. */
  query(expression: string): Promise<{ metric: Readonly<Record<string, string>>; value: readonly [number, string] }[]>;
  /** Ends it without warning and starts it again on the same data. */
  restart(): Promise<void>;
  /** Makes its disk larger. */
  enlarge(size: string): Promise<void>;
  /** What it has logged. */
  log(): string;
  close(): Promise<void>;
}

/** Starts it; `npm test` puts the program on the PATH. */
export async function startPrometheus({ config = {}, rules, history, disk, lookback = lookbackSeconds, flags = [] }: PrometheusOptions): Promise<TestPrometheus> {
  const directory = await mkdtemp(join(tmpdir(), "prometheus-"));
  const storage = join(directory, "data");
  await writeFile(join(directory, "rules.yaml"), stringify(rules ?? { groups: [] }, { aliasDuplicateObjects: false }));
  await writeFile(join(directory, "prometheus.yaml"), stringify({ ...config, rule_files: [join(directory, "rules.yaml")] }, { aliasDuplicateObjects: false }));
  if (history !== undefined) {
    const text = join(directory, "history.txt");
    await writeFile(text, openMetrics(history));
    // One block of ten days is written in a fraction of the time of sixty blocks of two hours.
    await promisify(execFile)("promtool", ["tsdb", "create-blocks-from", "--max-block-duration=240h", "openmetrics", text, storage]);
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let output = "";
  const start = async (): Promise<void> => {
    const args = [`--config.file=${join(directory, "prometheus.yaml")}`, `--storage.tsdb.path=${storage}`, "--storage.tsdb.retention.time=100y", `--query.lookback-delta=${lookback}s`, `--web.listen-address=127.0.0.1:${port}`, ...flags];
    const [program = "", ...rest] = disk === undefined ? ["prometheus", ...args] : ["unshare", "--mount", "sh", "-c", `mkdir -p "$0" && mount -t tmpfs -o size=${disk} tmpfs "$0" && exec prometheus "$@"`, storage, ...args];
    const started = spawn(program, rest, { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    started.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const failed = once(started, "exit").then(() => Promise.reject(new Error(`Prometheus ended (it is the Debian package prometheus, on PATH):\n${output}`)));
    failed.catch(() => undefined);
    await Promise.race([failed, eventually(async () => {
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error("Prometheus is not ready yet.");
    })]);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  await start();
  return {
    url,
    query: async (expression) => {
      const answer = (await (await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`)).json()) as { status: string; error?: string; data: { result: { metric: Record<string, string>; value: [number, string] }[] } };
      if (answer.status !== "success") throw new Error(answer.error);
      return answer.data.result;
    },
    restart: async () => {
      await end("SIGKILL");
      await start();
    },
    enlarge: async (size) => {
      await promisify(execFile)("nsenter", ["--target", String(child?.pid), "--mount", "mount", "-o", `remount,size=${size}`, storage]);
    },
    log: () => output,
    close: async () => {
      await end("SIGTERM");
      await rm(directory, { recursive: true });
    },
  };
}

function openMetrics({ series, from, to, step }: NonNullable<PrometheusOptions["history"]>): string {
  const lines: string[] = [];
  for (const [name, valueAt] of Object.entries(series)) {
    for (let at = from; at <= to; at += step) {
      const value = valueAt(at);
      if (value !== undefined) lines.push(`${name} ${value} ${at}`);
    }
  }
  return `${lines.join("\n")}\n# EOF\n`;
}
