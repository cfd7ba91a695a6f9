import { createHash } from "node:crypto";
import { run } from "@forecast-stack/local/run.ts";
import { z } from "zod";
import { type Deployment, deploymentSchema } from "./checkpoint.ts";
import type { HistoryBackend } from "./history-backend.ts";
import { ReleaseError } from "./release-error.ts";
import { historyEntrySchema, type Update } from "./update.ts";

/** What `pulumi stack history --json` says of one update. */
const printedUpdate = z.object({
  version: z.int(),
  kind: z.string(),
  startTime: z.iso.datetime(),
  /** Absent while the update runs. */
  endTime: z.iso.datetime().optional(),
  message: z.string().default(""),
  environment: z.record(z.string(), z.string()).default({}),
  config: z.record(z.string(), z.object({ value: z.string().optional(), objectValue: z.unknown().optional(), secret: z.boolean() })).default({}),
  result: z.string().default("in-progress"),
  resourceChanges: z.record(z.string(), z.number()).default({}),
});
const printedHistory = z.array(printedUpdate);
const printedExport = z.object({ version: z.literal(3), deployment: deploymentSchema });

/**
 * The history of the stacks of one project in Pulumi Cloud, which gives every
 * earlier deployment to `pulumi stack export --version`. Who may read it, and
 * which organization is meant, is for the CLI to know (`pulumi login`, `pulumi
 * org set-default`).
 */
export class CloudBackend implements HistoryBackend {
  readonly #project: string;
  readonly #pulumi: (args: readonly string[]) => Promise<string>;

  constructor(project: string, pulumi: (args: readonly string[]) => Promise<string> = (args) => run("pulumi", args)) {
    this.#project = project;
    this.#pulumi = pulumi;
  }

  async updates(stack: string): Promise<Update[]> {
    const printed = printedHistory.parse(JSON.parse(await this.#ask(`the history of the stack ${stack}`, ["stack", "history", "--json", "--page-size", "0", "--stack", stack])));
    return printed.map(updateOf).sort((a, b) => Number(a.id) - Number(b.id));
  }

  async deployment(stack: string, id: string): Promise<{ deployment: Deployment; checksum: string }> {
    const read = async (...options: readonly string[]) => {
      const text = await this.#ask(`update ${id} of the stack ${stack}`, ["stack", "export", "--version", id, "--stack", stack, ...options]);
      return { text, deployment: printedExport.parse(JSON.parse(text)).deployment };
    };
    const stored = await read();
    const foreign = stored.deployment.resources.map(({ urn }) => urn).find((urn) => !urn.startsWith(`urn:pulumi:${stack}::${this.#project}::`));
    if (foreign !== undefined) throw new ReleaseError(`Update ${id} of the stack ${stack} is of another stack or project: it has ${foreign}. It cannot be gone back to.`);
    // Secrets that the service itself encrypts can be opened by the service alone.
    const { deployment } = stored.deployment.secrets_providers?.type === "service" ? await read("--show-secrets") : stored;
    return { deployment, checksum: createHash("sha256").update(stored.text).digest("hex") };
  }

  async #ask(what: string, args: readonly string[]): Promise<string> {
    return this.#pulumi([...args, "--non-interactive"]).catch((error: unknown) => {
      throw new ReleaseError(`Pulumi Cloud does not give ${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

/** Settings that are secret are left out: the CLI does not print them. */
function updateOf({ version, startTime, endTime, config, ...update }: z.output<typeof printedUpdate>): Update {
  const seconds = (time: string) => Math.floor(Date.parse(time) / 1_000);
  const settings = Object.entries(config).flatMap(([key, { value, objectValue, secret }]) => (secret ? [] : [[key, objectValue ?? value] as const]));
  return {
    id: String(version),
    entry: historyEntrySchema.parse({ ...update, startTime: seconds(startTime), endTime: seconds(endTime ?? startTime), config: Object.fromEntries<unknown>(settings) }),
    size: undefined,
  };
}
