import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paths } from "@forecast-stack/local/paths.ts";
import { CommandError, run } from "@forecast-stack/local/run.ts";
import { ensureStack, removeStack } from "@forecast-stack/local/stack/backend.ts";
import { parse, stringify } from "yaml";

export const repository = join(import.meta.dirname, "..", "..");

export interface UpResult {
  readonly ok: boolean;
  readonly output: string;
  /** Milliseconds. */
  readonly took: number;
}

type Settings = Readonly<Record<string, unknown>>;

/** One pod of each role: every pod that an update or a rollback replaces is a quarter of a minute on two processors. */
export const ONE_POD_EACH = { "forecast-stack:api": { replicas: 1 }, "forecast-stack:worker": { replicas: 1 } } as const;

/**
 * A stack of the tests' own beside `dev`: a copy of Pulumi.<template>.yaml with
 * other names and no port on the node. The checkout's own files stay as they are.
 */
export class TestStack {
  readonly name: string;
  readonly namespace: string;
  private readonly template: string;
  private readonly folder: string;

  private constructor(name: string, template: string, folder: string) {
    this.name = name;
    this.namespace = `forecast-${name}`;
    this.template = template;
    this.folder = folder;
  }

  static async create(name: string, template = "dev"): Promise<TestStack> {
    await ensureStack(name);
    // A test run that was killed leaves its lock behind; the stack is nobody else's.
    await run(join(paths.toolchain, "bin", "pulumi"), ["cancel", "--yes", "--stack", name], { cwd: repository });
    return new TestStack(name, template, await mkdtemp(join(tmpdir(), `stack-${name}-`)));
  }

  /**
   * Runs `pulumi up` with settings on top of the template's; never throws for a failed update.
   *
   * @param onLine gets its progress
   * @param source the folder of the program
   */
  async up(settings: Settings = {}, onLine: (line: string) => void = () => undefined, source: string = repository): Promise<UpResult> {
    return this.pulumi(["up", "--yes", "--skip-preview"], settings, { onLine, source });
  }

  /** Writes the stack's file into the checkout, where forecastctl deploys from; remove() takes it away again. */
  async track(settings: Settings = {}): Promise<void> {
    await writeFile(this.tracked, stringify({ config: await this.config(settings) }));
  }

  async preview(settings: Settings = {}, args: readonly string[] = [], source: string = repository): Promise<UpResult> {
    return this.pulumi(["preview", ...args], settings, { source });
  }

  /** Pulumi's state of the stack, as JSON. */
  async state(): Promise<string> {
    return run(join(paths.toolchain, "bin", "pulumi"), ["stack", "export", "--stack", this.name], { cwd: repository });
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const text = await run(join(paths.toolchain, "bin", "pulumi"), ["stack", "output", "--json", "--stack", this.name], { cwd: repository });
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  }

  /** Runs `pulumi destroy`; never throws for one that fails. */
  async destroy(): Promise<UpResult> {
    return this.pulumi(["destroy", "--yes", "--skip-preview", "--refresh"], {});
  }

  /** Removes everything that the stack made and the volumes that it retained, in whatever state a test left it. */
  async remove(): Promise<void> {
    // All at once: pulumi destroy waits for one workload after the other, several times as long.
    await this.kubectl(["delete", `namespace/${this.namespace}`, `namespace/${this.namespace}-node`, ...clusterWide(await this.state()), "--ignore-not-found", "--timeout=300s"]);
    await removeStack(this.name);
    for (const { name, path } of await this.volumes()) {
      await this.kubectl(["delete", "pv", name]);
      await rm(path, { recursive: true, force: true });
    }
    await rm(this.folder, { recursive: true, force: true });
    await rm(this.tracked, { force: true });
  }

  /** The volumes on the node that were made for the stack, also those that outlived it. */
  async volumes(): Promise<{ name: string; path: string }[]> {
    const { items } = JSON.parse(await this.kubectl(["get", "pv", "-o", "json"])) as { items: { metadata: { name: string }; spec: { claimRef?: { namespace: string }; local: { path: string } } }[] };
    return items.filter(({ spec }) => spec.claimRef?.namespace === this.namespace).map(({ metadata, spec }) => ({ name: metadata.name, path: spec.local.path }));
  }

  async kubectl(args: readonly string[], input?: string): Promise<string> {
    return run("kubectl", ["--namespace", this.namespace, ...args], input === undefined ? {} : { input });
  }

  /** The address under which a service is reached from the node. */
  async serviceUrl(name: string, port: number): Promise<string> {
    const address = await this.kubectl(["get", "service", name, "-o", "jsonpath={.spec.clusterIP}"]);
    return `http://${address}:${port}`;
  }

  /** Asks the stack's Postgres, as its superuser, from inside its pod. */
  async sql(statement: string): Promise<string> {
    const args = ["exec", "postgres-0", "-c", "postgres", "--", "psql", "-U", "postgres", "-d", "forecast", "-Atc", statement];
    return (await this.kubectl(args)).trim();
  }

  private async pulumi(args: readonly string[], settings: Settings, { onLine = () => undefined, source = repository }: { readonly onLine?: (line: string) => void; readonly source?: string } = {}): Promise<UpResult> {
    const began = Date.now();
    const config = await this.writeConfig(settings);
    try {
      const all = [...args, "--stack", this.name, "--config-file", config, "--non-interactive", "--color", "never"];
      const output = await run(join(paths.toolchain, "bin", "pulumi"), all, { cwd: source, onLine });
      return { ok: true, output, took: Date.now() - began };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { ok: false, output: error.output, took: Date.now() - began };
    }
  }

  private async writeConfig(settings: Settings): Promise<string> {
    const salt = parse(await readFile(join(paths.pulumi, "forecast-stack", `Pulumi.${this.name}.yaml`), "utf8")) as { encryptionsalt: string };
    const file = join(this.folder, `Pulumi.${this.name}.yaml`);
    await mkdir(this.folder, { recursive: true });
    await writeFile(file, stringify({ encryptionsalt: salt.encryptionsalt, config: await this.config(settings) }));
    return file;
  }

  private async config(settings: Settings): Promise<Settings> {
    const own = {
      "kubernetes:context": "forecast-stack",
      "forecast-stack:namespace": this.namespace,
      "forecast-stack:serviceType": "ClusterIP",
    };
    return { ...(await templateSettings(this.template)), ...own, ...settings };
  }

  private get tracked(): string {
    return join(repository, `Pulumi.${this.name}.yaml`);
  }
}

/** The settings of Pulumi.<template>.yaml. */
export async function templateSettings(template: string): Promise<Settings> {
  return (parse(await readFile(join(repository, `Pulumi.${template}.yaml`), "utf8")) as { config: Settings }).config;
}

/** What a state has outside of namespaces, as kubectl names it. */
function clusterWide(state: string): string[] {
  const { deployment } = JSON.parse(state) as { deployment: { resources?: { type: string; outputs?: { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string } } }[] } };
  return (deployment.resources ?? []).flatMap(({ type, outputs: { apiVersion = "", kind, metadata } = {} }) => {
    if (!type.startsWith("kubernetes:") || kind === undefined || metadata?.name === undefined || metadata.namespace !== undefined) return [];
    const [version, group] = apiVersion.split("/").reverse();
    return [group === undefined ? `${kind}/${metadata.name}` : `${kind}.${version ?? ""}.${group}/${metadata.name}`];
  });
}
