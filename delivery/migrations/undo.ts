import { z } from "zod";
import { type JobTemplate, runServiceJob } from "../backup/service-job.ts";
import { placeIn } from "../backup/stack-place.ts";
import type { Deployment } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import type { ReadRelease } from "../releases/release-history.ts";
import { contextOf } from "../rollback/cluster.ts";
import { parseUrn } from "../rollback/urn.ts";

const TIMEOUT_SECONDS = 900;

const templateSchema = z.object({ spec: z.object({ template: z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }), spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }) }) });

/** What was undone, newest first. */
export interface Undone {
  readonly version: string;
  readonly description: string;
}

/**
 * Takes migrations back. The service goes on running meanwhile.
 *
 * @param running what runs now: its Job's place, rights and passwords are used
 * @param image one that knows the undos; undefined: that of `running`, which applied them. An older one does not know them.
 * @param to the version that stays applied
 * @throws ReleaseError with the service's own words, when data would be lost and nobody accepted it, or an undo fails
 */
export async function undoMigrations(running: ReadRelease, to: string, acceptDataLoss: boolean, note: (message: string) => void, image?: string): Promise<Undone[]> {
  const printed = await runMigrateJob(running, ["undo", "--to", to, ...(acceptDataLoss ? ["--accept-data-loss"] : [])], note, image);
  return printed.map((line) => z.object({ version: z.string(), description: z.string() }).parse(line));
}

/** Runs the migrate role in a release's stack, with its own image or another release's. */
export async function runMigrateJob({ deployment, update }: ReadRelease, args: readonly string[], note: (message: string) => void, image?: string): Promise<Record<string, unknown>[]> {
  const template = templateOf(deployment);
  const pod = image === undefined ? template.pod : { ...template.pod, containers: template.pod.containers.map((container) => ({ ...container, image })) };
  return runServiceJob(placeIn(deployment, contextOf(update.entry)), "migrate-by-hand", { ...template, pod }, ["migrate", ...args], TIMEOUT_SECONDS, note);
}

/** The images of a deployment's migrations' Jobs: one, and that of an update that failed after it had made its own. */
export function migrationImages(deployment: Deployment): string[] {
  return templatesOf(deployment).flatMap(({ pod }) => pod.containers.flatMap(({ image }) => (typeof image === "string" ? [image] : [])));
}

/** The pod of the Job that brought the schema up: role, password and labels are the ones to use. */
function templateOf(deployment: Deployment): JobTemplate {
  const [template] = templatesOf(deployment);
  if (template === undefined) throw new ReleaseError("This release records no migrations' Job to take the image from.");
  return template;
}

function templatesOf({ resources }: Deployment): JobTemplate[] {
  const jobs = resources.filter(({ urn, type, delete: condemned }) => type === "kubernetes:batch/v1:Job" && parseUrn(urn).name.startsWith("migrate-") && !condemned);
  return jobs.flatMap(({ inputs }) => {
    const parsed = templateSchema.safeParse(inputs);
    return parsed.success ? [{ labels: parsed.data.spec.template.metadata.labels, pod: parsed.data.spec.template.spec }] : [];
  });
}
