import { z } from "zod";
import { type JobTemplate, runServiceJob } from "../backup/service-job.ts";
import { placeIn } from "../backup/stack-place.ts";
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
 * Takes migrations back, with the image of the release that applied them: an
 * older one does not know their undo. The service goes on running meanwhile;
 * go back to a release that works with that schema right after it.
 *
 * @param newer the release whose schema the database has
 * @param to the version that stays applied
 * @throws ReleaseError with the service's own words, when data would be lost and nobody accepted it, or an undo fails
 */
export async function undoMigrations(newer: ReadRelease, to: string, acceptDataLoss: boolean, note: (message: string) => void): Promise<Undone[]> {
  const printed = await runMigrateJob(newer, ["undo", "--to", to, ...(acceptDataLoss ? ["--accept-data-loss"] : [])], note);
  return printed.map((line) => z.object({ version: z.string(), description: z.string() }).parse(line));
}

/** Runs the migrate role of a release's image in its stack. */
export async function runMigrateJob({ deployment, update }: ReadRelease, args: readonly string[], note: (message: string) => void): Promise<Record<string, unknown>[]> {
  return runServiceJob(placeIn(deployment, contextOf(update.entry)), "migrate-by-hand", templateOf(deployment), ["migrate", ...args], TIMEOUT_SECONDS, note);
}

/** The pod of the Job that brought this release's schema up: image, role and password are the ones to use. */
function templateOf({ resources }: ReadRelease["deployment"]): JobTemplate {
  const job = resources.find(({ urn, type, delete: condemned }) => type === "kubernetes:batch/v1:Job" && parseUrn(urn).name.startsWith("migrate-") && !condemned);
  const parsed = templateSchema.safeParse(job?.inputs);
  if (!parsed.success) throw new ReleaseError("This release records no migrations' Job to take the image from.", { cause: parsed.error });
  const { metadata, spec } = parsed.data.spec.template;
  return { labels: metadata.labels, pod: spec };
}
