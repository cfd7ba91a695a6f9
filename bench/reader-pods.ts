import { type ChildProcessByStdio, spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { run } from "@forecast-stack/local/run.ts";
import { build } from "esbuild";
import { serviceImage } from "../e2e/support/service-image.ts";

/** What a reader says: the flag's new value, and when it first gave it, in milliseconds since 1970 by the node's clock. */
export interface Answer {
  readonly value: number;
  readonly at: number;
}

const NAME = "flag-reader";
const DEADLINE_MS = 30_000;

/**
 * Pods that evaluate flags with the service's own code and rights, each of which
 * logs every new answer. The pods measure; their logs only carry what they saw.
 */
export class ReaderPods {
  readonly #namespace: string;
  readonly #count: number;
  readonly #logs: ChildProcessByStdio<null, Readable, null>;
  /** By value: pod → when it gave it. */
  readonly #answers = new Map<number, Map<string, number>>();
  #wake: () => void = () => undefined;

  private constructor(namespace: string, count: number) {
    this.#namespace = namespace;
    this.#count = count;
    this.#logs = spawn("kubectl", ["logs", "--namespace", namespace, "--follow", "--prefix", "--selector", `app=${NAME}`, `--max-log-requests=${count}`], { stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: this.#logs.stdout }).on("line", (line) => this.#note(line));
  }

  /** Starts them in a namespace of their own, and waits until each has answered with the first value, which is 0. */
  static async start(namespace: string, count: number): Promise<ReaderPods> {
    await run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects(namespace, count, await readerImage()) }) });
    await run("kubectl", ["rollout", "status", "--namespace", namespace, `deployment/${NAME}`, "--timeout=180s"]);
    const pods = new ReaderPods(namespace, count);
    await pods.answered(0, 0);
    return pods;
  }

  /** Milliseconds from a moment until each pod answered with a value. */
  async answered(value: number, since: number): Promise<number[]> {
    const deadline = Date.now() + DEADLINE_MS;
    while ((this.#answers.get(value)?.size ?? 0) < this.#count) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${this.#answers.get(value)?.size ?? 0} of ${this.#count} pods answered with ${value} within ${DEADLINE_MS / 1_000} s.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, left);
      });
    }
    return [...(this.#answers.get(value)?.values() ?? [])].map((at) => at - since);
  }

  async remove(): Promise<void> {
    this.#logs.kill();
    await run("kubectl", ["delete", "namespace", this.#namespace, "--wait=false"]);
  }

  #note(line: string): void {
    const [, pod = "", text = ""] = /^\[(\S+)\] (\{.*\})$/.exec(line) ?? [];
    if (text === "") return;
    const { value, at } = JSON.parse(text) as Answer;
    const known = this.#answers.get(value) ?? new Map<string, number>();
    if (!known.has(pod)) known.set(pod, at);
    this.#answers.set(value, known);
    this.#wake();
  }
}

/** The service's image with the reader in it. */
async function readerImage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "flag-reader-"));
  try {
    await cp(join(import.meta.dirname, "..", "app", "dist"), folder, { recursive: true });
    const banner = 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';
    await build({ entryPoints: [join(import.meta.dirname, "flag-reader.ts")], outfile: join(folder, `${NAME}.js`), bundle: true, platform: "node", target: "node24", format: "esm", banner: { js: banner }, logLevel: "warning" });
    return await serviceImage(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function objects(namespace: string, count: number, image: string): object[] {
  const metadata = { name: NAME, namespace };
  const securityContext = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };
  const container = { name: "reader", image, imagePullPolicy: "IfNotPresent", command: ["/usr/local/bin/node", `/app/${NAME}.js`, namespace], env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }], securityContext };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
    ...Object.values(flagConfigMaps).map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: name === flagConfigMaps.overrides ? { STREAMING_BATCH_DELAY_MS: "0" } : {} })),
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"], resourceNames: Object.values(flagConfigMaps) }] },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: NAME }, subjects: [{ kind: "ServiceAccount", name: NAME, namespace }] },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: count,
        selector: { matchLabels: { app: NAME } },
        template: { metadata: { labels: { app: NAME } }, spec: { serviceAccountName: NAME, terminationGracePeriodSeconds: 1, securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } }, containers: [container] } },
      },
    },
  ];
}
