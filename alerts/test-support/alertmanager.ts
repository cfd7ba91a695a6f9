import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "./free-port.ts";

/** An alert that Alertmanager knows, and what it does with it. */
export interface KnownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: "active" | "suppressed" | "unprocessed"; readonly inhibitedBy: readonly string[] };
}

/** A real Alertmanager for one test file. */
export interface TestAlertmanager {
  readonly url: string;
  /** Takes another configuration. */
  load(config: object): Promise<void>;
  post(alerts: readonly { labels: Readonly<Record<string, string>>; annotations?: Readonly<Record<string, string>>; endsAt?: string }[]): Promise<void>;
  alerts(): Promise<KnownAlert[]>;
  close(): Promise<void>;
}

/**
 * Debian's looks for its templates below /usr/share, where they are only once
 * it is installed: unpacked elsewhere, it gets a view of its own of that folder.
 */
const run = `
  program=$(readlink -f "$(command -v alertmanager)")
  share=\${program%/bin/*}/share
  if [ -d /usr/share/prometheus/alertmanager ] || [ ! -d "$share/prometheus/alertmanager" ]; then exec "$program" "$@"; fi
  exec unshare --mount sh -c 'mount -t overlay overlay -o "lowerdir=$0:/usr/share" /usr/share && exec "$@"' "$share" "$program" "$@"`;

/** Starts it with a configuration; `npm test` puts the program on the PATH. */
export async function startAlertmanager(config: object): Promise<TestAlertmanager> {
  const directory = await mkdtemp(join(tmpdir(), "alertmanager-"));
  const file = join(directory, "alertmanager.yaml");
  const write = (wanted: object): Promise<void> => writeFile(file, stringify(wanted, { aliasDuplicateObjects: false }));
  await write(config);
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn("sh", ["-c", run, "sh", `--config.file=${file}`, `--storage.path=${directory}`, `--web.listen-address=${url.slice("http://".length)}`, "--cluster.listen-address="], { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = once(child, "exit");
  const failed = exited.then(() => Promise.reject(new Error(`Alertmanager ended (it is the Debian package prometheus-alertmanager, on PATH as alertmanager):\n${output}`)));
  failed.catch(() => undefined);
  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(`${url}${path}`, init);
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}\n${output}`);
    return response;
  };
  await Promise.race([failed, eventually(() => request("/-/ready"))]);
  return {
    url,
    load: async (wanted) => {
      await write(wanted);
      await request("/-/reload", { method: "POST" });
    },
    post: async (alerts) => {
      await request("/api/v2/alerts", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(alerts) });
    },
    alerts: async () => (await (await request("/api/v2/alerts")).json()) as KnownAlert[],
    close: async () => {
      child.kill("SIGTERM");
      await exited;
      await rm(directory, { recursive: true });
    },
  };
}

/** Waits until something does not throw any more, for at most 30 seconds. */
export async function eventually<Result>(attempt: () => Promise<Result> | Result): Promise<Result> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
