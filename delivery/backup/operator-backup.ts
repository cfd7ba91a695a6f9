import { setTimeout as pause } from "node:timers/promises";
import { CustomObjectsApi } from "@kubernetes/client-node";
import { z } from "zod";
import type { Deployment } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { kubeConfig } from "../rollback/cluster.ts";
import { placeOf } from "../rollback/jobs.ts";
import type { StackPlace } from "./service-job.ts";

/** CloudNativePG's own backups. */
const resource = { group: "postgresql.cnpg.io", version: "v1", plural: "backups" } as const;
const POLL_MS = 1_000;

const backupSchema = z.object({ metadata: z.object({ name: z.string() }), status: z.object({ phase: z.string().default(""), error: z.string().default("") }).default({ phase: "", error: "" }) });

/** The stack's CloudNativePG cluster, where it has an object store to back up to. */
export function archivedCluster({ resources }: Deployment): string | undefined {
  const cluster = resources.find(({ type, delete: condemned }) => type === "kubernetes:postgresql.cnpg.io/v1:Cluster" && !condemned);
  const spec = cluster?.inputs["spec"] as { readonly backup?: object } | undefined;
  return cluster === undefined || spec?.backup === undefined ? undefined : placeOf(cluster.inputs).name;
}

/**
 * Has the operator back a cluster up, and waits for it.
 *
 * @returns the name of the Backup
 * @throws ReleaseError with the operator's reason, or when it takes too long
 */
export async function backUpCluster({ context, namespace }: StackPlace, cluster: string, timeoutSeconds: number, note: (message: string) => void): Promise<string> {
  const api = kubeConfig(context).makeApiClient(CustomObjectsApi);
  const body = { apiVersion: `${resource.group}/${resource.version}`, kind: "Backup", metadata: { generateName: `${cluster}-before-deploy-` }, spec: { cluster: { name: cluster }, method: "barmanObjectStore" } };
  const { metadata } = backupSchema.parse(await api.createNamespacedCustomObject({ ...resource, namespace, body }));
  const deadline = Date.now() + timeoutSeconds * 1_000;
  for (;;) {
    const { status } = backupSchema.parse(await api.getNamespacedCustomObject({ ...resource, namespace, name: metadata.name }));
    if (status.phase === "completed") return metadata.name;
    if (status.phase === "failed") throw new ReleaseError(`The backup ${metadata.name} failed: ${status.error || "the operator gives no reason"}. kubectl --namespace ${namespace} describe backup ${metadata.name} tells more.`);
    if (Date.now() > deadline) throw new ReleaseError(`The backup ${metadata.name} is not complete after ${timeoutSeconds} s (${status.phase || "the operator has not begun"}): is the CloudNativePG operator running?`);
    note(`the backup ${metadata.name}: ${status.phase || "waiting for the operator"}`);
    await pause(POLL_MS);
  }
}
