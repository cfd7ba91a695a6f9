import { BatchV1Api, type KubernetesObject, KubernetesObjectApi, PatchStrategy, setHeaderOptions, type V1Job } from "@kubernetes/client-node";
import type { CheckpointResource } from "../releases/checkpoint.ts";
import type { Decrypt } from "../releases/passphrase.ts";
import { kubeConfig } from "./cluster.ts";
import { placeOf } from "./jobs.ts";
import { asClientSpells, fieldManagerOf, opened } from "./verify.ts";

/**
 * Puts back Jobs that finished in the release that is gone back to and were
 * removed since: as they were recorded, finished, and without running again.
 *
 *   (gone) ──create suspended──> suspended ──recorded status──> finished ──wake──> as recorded
 *
 * A finished Job is left alone by its controller. Cut off between two steps,
 * the next call goes on. A Job that somebody else runs now is not touched.
 */
export async function putBackFinished(jobs: readonly CheckpointResource[], decrypt: Decrypt, context: string | undefined): Promise<void> {
  const config = kubeConfig(context);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const batch = config.makeApiClient(BatchV1Api);
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  for (const job of jobs) {
    const place = placeOf(job.inputs);
    const live = await batch.readNamespacedJob(place).catch(() => undefined);
    if (live === undefined) {
      const wanted = asClientSpells(opened(job.inputs, decrypt)) as KubernetesObject & { spec: object };
      await objects.patch({ ...wanted, spec: { ...wanted.spec, suspend: true } } as KubernetesObject, undefined, undefined, fieldManagerOf(job), true, PatchStrategy.ServerSideApply);
    } else if (isFinished(live) || live.spec?.suspend !== true) {
      continue;
    }
    await batch.patchNamespacedJobStatus({ ...place, body: { status: job.outputs["status"] } }, merge);
    await batch.patchNamespacedJob({ ...place, body: { spec: { suspend: null } } }, merge);
  }
}

function isFinished({ status }: V1Job): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === "Complete" && is === "True") ?? false;
}
