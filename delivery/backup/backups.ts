import { z } from "zod";
import type { Deployment } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { parseUrn } from "../rollback/urn.ts";
import { type JobTemplate, readSchedule, runServiceJob, type StackPlace } from "./service-job.ts";

/** A backup as the service's backup role tells of it. */
const manifestSchema = z.object({
  name: z.string(),
  createdAt: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  schemaVersion: z.string(),
  rows: z.number(),
  checked: z.object({ at: z.string(), intact: z.boolean() }).nullable(),
});

export type BackupRecord = z.infer<typeof manifestSchema>;

/** What a stack's store holds. */
export interface StoredBackups {
  /** Complete ones, oldest first. */
  readonly complete: readonly BackupRecord[];
  /** Names of those of which nothing can be read but the name. */
  readonly damaged: readonly string[];
}

/** What a prune has removed. */
export interface PrunedBackups {
  readonly removed: readonly BackupRecord[];
  /** Names of archives that were no complete backups. */
  readonly remains: readonly string[];
}

const TIMEOUT_SECONDS = 2 * 3_600;

/** The backups of a stack, made and read by Jobs inside it: nothing of them passes this machine. */
export class StackBackups {
  readonly #place: StackPlace;
  readonly #note: (message: string) => void;

  constructor(place: StackPlace, note: (message: string) => void) {
    this.#place = place;
    this.#note = note;
  }

  async create(): Promise<BackupRecord> {
    return manifestSchema.parse((await this.#run("create"))[0]?.["created"]);
  }

  async list(): Promise<StoredBackups> {
    const lines = await this.#run("list");
    return { complete: valuesOf(lines, "backup", manifestSchema), damaged: valuesOf(lines, "damaged", z.string()) };
  }

  async verify(name: string | undefined): Promise<BackupRecord> {
    return manifestSchema.parse((await this.#run("verify", name))[0]?.["verified"]);
  }

  /**
   * @param keepSchema leave the schema as it was then, for a release of that time
   * @returns what was restored, and the name under which the database from before is kept
   */
  async restore(name: string | undefined, keepSchema: boolean): Promise<{ readonly manifest: BackupRecord; readonly kept: string }> {
    return z.object({ manifest: manifestSchema, kept: z.string() }).parse((await this.#run("restore", name, ...(keepSchema ? ["--keep-schema"] : [])))[0]?.["restored"]);
  }

  async prune(): Promise<PrunedBackups> {
    const lines = await this.#run("prune");
    return { removed: valuesOf(lines, "removed", manifestSchema), remains: valuesOf(lines, "remains", z.string()) };
  }

  async #run(action: string, name?: string, ...options: readonly string[]): Promise<Record<string, unknown>[]> {
    const template = await backupTemplate(this.#place);
    if (template === undefined) throw new ReleaseError("This stack makes no backups itself: its Postgres is run by an operator or by somebody else (postgres.mode), or backup.enabled is false. Of a CloudNativePG cluster the operator makes them once backup.s3 is set.");
    return runServiceJob(this.#place, `backup-${action}`, template, ["backup", action, ...(name === undefined ? [] : [name]), ...options], TIMEOUT_SECONDS, this.#note);
  }
}

/** What stands under `key` in the lines that have it. */
function valuesOf<Value>(lines: readonly Readonly<Record<string, unknown>>[], key: string, schema: z.ZodType<Value>): Value[] {
  return lines.filter((line) => key in line).map((line) => schema.parse(line[key]));
}

/** Whether a release has the schedule of backups, from which Jobs are made. */
export function hasSchedule({ resources }: Deployment): boolean {
  return resources.some(({ type, urn, delete: condemned }) => type === "kubernetes:batch/v1:CronJob" && parseUrn(urn).name === "backup" && !condemned);
}

/** The pod of the stack's schedule; undefined where there is none. */
export async function backupTemplate(place: StackPlace): Promise<JobTemplate | undefined> {
  const schedule = await readSchedule(place, "backup");
  const template = schedule?.spec.jobTemplate.spec?.template;
  return template === undefined ? undefined : { labels: template.metadata?.labels ?? {}, pod: template.spec as unknown as JobTemplate["pod"] };
}
