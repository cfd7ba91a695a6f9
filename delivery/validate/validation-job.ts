import { BatchV1Api, type V1CronJob, type V1Job } from "@kubernetes/client-node";
import { spellDuration } from "@forecast-stack/monitoring/validation/values.ts";
import { z } from "zod";
import { monitoringOf } from "../alerts/alertmanager.ts";
import { readSchedule } from "../backup/service-job.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";
import { kubeConfig } from "../rollback/cluster.ts";
import type { ValidationOptions } from "./validation.ts";

const TEMPLATE = "validate";
const LABEL = "app.kubernetes.io/component=validation";

/**
 * Lets a Job in the cluster watch a release and tell the stack's channels what
 * became of it. It ends when another release replaces it. One that does so
 * already is left to it.
 *
 * @returns what people may want to know of it
 * @throws ReleaseError when there is no such release, or the stack has nothing to make the Job from
 */
export async function startValidationJob({ stack, release, windowSeconds, strict }: Omit<ValidationOptions, "wait">): Promise<string> {
  const { namespace, context } = await monitoringOf(stack);
  const updates = releasesToCompare(await new ReleaseHistory(stack).updates(), release);
  const watched = updates.at(-1);
  if (watched === undefined) throw new ReleaseError(`The stack ${stack} has no release ${release ?? ""} that is at work: only the newest one can be watched from now on.`);
  const template = await readSchedule({ context, namespace }, TEMPLATE);
  if (template === undefined) throw new ReleaseError(`The stack ${stack} has no template of the Job: a release made before there was one, or no Prometheus (monitoring.prometheusUrl).`);
  const jobs = kubeConfig(context).makeApiClient(BatchV1Api);
  const request = JSON.stringify({ stack, namespace, updates: updates.map(({ release: number, entry: { startTime, endTime, message } }) => ({ release: number, entry: { startTime, endTime, message } })), windowSeconds, strict });
  const watching = (await jobs.listNamespacedJob({ namespace, labelSelector: LABEL })).items.find(({ spec, status }) => (status?.active ?? 0) > 0 && spec?.template.spec?.containers[0]?.args?.[1] === request);
  const { metadata } = watching ?? (await jobs.createNamespacedJob({ namespace, body: jobFrom(template, `validate-release-${watched.release ?? 0}-`, request) }));
  const name = metadata?.name ?? "";
  return `The Job ${name} watches release ${watched.release ?? 0} for ${spellDuration(windowSeconds)} and tells the stack's channels: kubectl --namespace ${namespace} logs --follow job/${name}`;
}

/** The newest release and the one before it, oldest first; none when another one than the newest is asked for. */
function releasesToCompare(updates: readonly NumberedUpdate[], release: number | undefined): NumberedUpdate[] {
  const releases = updates.filter(({ release: number }) => number !== null);
  return release === undefined || releases.at(-1)?.release === release ? releases.slice(-2) : [];
}

const scheduleSchema = z.object({
  metadata: z.object({ name: z.string(), uid: z.string() }),
  spec: z.object({ jobTemplate: z.object({ metadata: z.looseObject({}), spec: z.looseObject({ template: z.looseObject({ spec: z.looseObject({ containers: z.tuple([z.looseObject({})]) }) }) }) }) }),
});

/** As `kubectl create job --from` makes it, so that the Job goes with its schedule, with the request as its argument. */
function jobFrom(schedule: V1CronJob, prefix: string, request: string): V1Job {
  const { metadata, spec } = scheduleSchema.parse(schedule);
  const { metadata: own, spec: job } = spec.jobTemplate;
  const [container] = job.template.spec.containers;
  const body = {
    metadata: { ...own, generateName: prefix, ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", ...metadata, controller: true }] },
    spec: { ...job, template: { ...job.template, spec: { ...job.template.spec, containers: [{ ...container, args: ["validate", request] }] } } },
  };
  // The client's types are classes, of which it asks no more than their properties.
  return body as unknown as V1Job;
}
