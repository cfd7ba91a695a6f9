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

  /** Removes the stack, its namespace and the volumes that it retained. */
  async remove(): Promise<void> {
    await this.destroy();
    await removeStack(this.name);
    await this.kubectl(["delete", "namespace", this.namespace, `${this.namespace}-node`, "--ignore-not-found", "--timeout=300s"]);
    const volumes = JSON.parse(await this.kubectl(["get", "pv", "-o", "json"])) as { items: { metadata: { name: string }; spec: { claimRef?: { namespace: string }; local: { path: string } } }[] };
    for (const { metadata, spec } of volumes.items.filter((volume) => volume.spec.claimRef?.namespace === this.namespace)) {
      await this.kubectl(["delete", "pv", metadata.name]);
      await rm(spec.local.path, { recursive: true, force: true });
    }
    await rm(this.folder, { recursive: true, force: true });
    await rm(this.tracked, { force: true });
  }

  /** A fault may have left an update half done: what a second attempt cannot destroy either is an error. */
  private async destroy(): Promise<void> {
    const attempt = (): Promise<UpResult> => this.pulumi(["destroy", "--yes", "--skip-preview", "--refresh"], {});
    const first = await attempt();
    const { ok, output } = first.ok ? first : await attempt();
    if (!ok) throw new Error(`The stack ${this.name} cannot be destroyed:\n${output}`);
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
