import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";
import { isProvider, parseUrn, providerReference, providerUrn } from "./urn.ts";

const JOB = "kubernetes:batch/v1:Job";

export interface Jobs {
  /** Jobs of the target that still exist: taken over as they are. */
  readonly adopted: readonly CheckpointResource[];
  /** Jobs of the target that are gone: put back as finished (see finished-jobs.ts). */
  readonly gone: readonly CheckpointResource[];
}

/** Sorts the target's Jobs that are not in today's state by whether they still exist. None of them is run again. */
export async function sortJobs(target: Deployment, today: Deployment, exists: (place: { readonly namespace: string; readonly name: string }) => Promise<boolean>): Promise<Jobs> {
  const known = new Set(today.resources.map(({ urn }) => urn));
  const missing = target.resources.filter(({ type, urn }) => type === JOB && !known.has(urn));
  const found = await Promise.all(missing.map(async ({ inputs }) => exists(placeOf(inputs))));
  return { adopted: missing.filter((_job, index) => found[index]), gone: missing.filter((_job, index) => !found[index]) };
}

/**
 * Today's state as a replay can start from it: with the finished Jobs of the
 * target, by the providers of today, and without operations that were cut off
 * (what they may have made is taken over when it is made again).
 */
export function preparedState(today: Deployment, { adopted, gone }: Jobs): Deployment {
  const known = new Set(today.resources.map(({ urn }) => urn));
  const providers = new Map(today.resources.filter(({ type }) => isProvider(type)).map(({ urn, id }) => [urn, providerReference(urn, id ?? "")]));
  // A Job whose component or provider is gone has nothing that it could belong to; the replay takes it over when it makes that.
  const placed = [...adopted, ...gone].flatMap((job) => {
    const provider = providers.get(providerUrn(job.provider ?? ""));
    if (provider === undefined || (job.parent !== undefined && !known.has(job.parent))) return [];
    return [{ ...job, provider, dependencies: job.dependencies.filter((urn) => known.has(urn)), propertyDependencies: {} }];
  });
  return { ...today, pending_operations: [], resources: [...today.resources, ...placed] };
}

/** The target with those of its Jobs that are today's too as they are: a changed Job would be made anew, and so run again. */
export function withoutRunningJobs(target: Deployment, today: Deployment): Deployment {
  const finished = new Map(today.resources.filter(({ type }) => type === JOB).map((job) => [job.urn, job]));
  return { ...target, resources: target.resources.map((resource) => ({ ...resource, inputs: finished.get(resource.urn)?.inputs ?? resource.inputs })) };
}

/** What people call a Job. */
export function jobName({ urn }: CheckpointResource): string {
  return parseUrn(urn).name;
}

/** Where Kubernetes has an object that Pulumi's inputs describe. */
export function placeOf(inputs: Readonly<Record<string, unknown>>): { readonly namespace: string; readonly name: string } {
  const { namespace = "default", name } = inputs["metadata"] as { readonly namespace?: string; readonly name: string };
  return { namespace, name };
}
