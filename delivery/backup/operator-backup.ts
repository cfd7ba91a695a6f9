import { setTimeout as pause } from "node:timers/promises";
import { CustomObjectsApi } from "@kubernetes/client-node";
import { z } from "zod";
import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { kubeConfig } from "../rollback/cluster.ts";
import { placeOf } from "../rollback/jobs.ts";
import type { StackPlace } from "./service-job.ts";

/** CloudNativePG's own backups. */
const resource = { group: "postgresql.cnpg.io", version: "v1", plural: "backups" } as const;
const POLL_MS = 1_000;
/** A base backup copies the whole database. */
const TIMEOUT_SECONDS = 3_600;

/** What the operator writes of a Backup; nothing before it has begun. */
const statusSchema = z.object({ phase: z.string().default(""), error: z.string().default(""), startedAt: z.string().nullable().default(null), stoppedAt: z.string().nullable().default(null) });
const backupSchema = z.object({ metadata: z.object({ name: z.string(), creationTimestamp: z.string() }), spec: z.object({ cluster: z.object({ name: z.string() }) }), status: statusSchema.prefault({}) });

/** A Backup of the operator. */
export interface OperatorBackup {
  readonly name: string;
  /** The operator's word, for example `completed`; empty before it has begun. */
  readonly phase: string;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  readonly error: string;
}

/** The stack's CloudNativePG cluster. */
export function cloudNativeCluster({ resources }: Deployment): CheckpointResource | undefined {
  return resources.find(({ type, delete: condemned }) => type === "kubernetes:postgresql.cnpg.io/v1:Cluster" && !condemned);
}

/** The name of the stack's CloudNativePG cluster, where it has an object store to back up to. */
export function archivedCluster(deployment: Deployment): string | undefined {
  const cluster = cloudNativeCluster(deployment);
  const spec = cluster?.inputs["spec"] as { readonly backup?: object } | undefined;
  return cluster === undefined || spec?.backup === undefined ? undefined : placeOf(cluster.inputs).name;
}

/** The Backups of a cluster, oldest first: the schedule's, those of deploys and those that were asked for. */
export async function clusterBackups({ context, namespace }: StackPlace, cluster: string): Promise<OperatorBackup[]> {
  const answer: unknown = await kubeConfig(context).makeApiClient(CustomObjectsApi).listNamespacedCustomObject({ ...resource, namespace });
  const { items } = z.object({ items: z.array(backupSchema) }).parse(answer);
  const ours = items.filter(({ spec }) => spec.cluster.name === cluster).toSorted((one, other) => one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp));
  return ours.map(({ metadata: { name }, status }) => ({ name, ...status }));
}

/**
 * How the operator brings a backup back: into a new cluster, by the stack's next update.
 *
 * @param until the end of the backup that is meant; undefined: the newest moment of the archive
 */
export function recoverySteps(stack: string, cluster: string, until: string | undefined): string {
  const [, stem = cluster, number = "1"] = /^(.+?)-(\d+)$/.exec(cluster) ?? [];
  const settings = { "postgres.cluster": `${stem}-${Number(number) + 1}`, "postgres.recovery.from": cluster, "postgres.recovery.until": until ?? "" };
  return [...Object.entries(settings).map(([path, value]) => `  pulumi config set --path ${path} '${value}' --stack ${stack}`), `  pulumi up --stack ${stack}`].join("\n");
}

/**
 * Has the operator back a cluster up, and waits for it.
 *
 * @param occasion becomes part of the Backup's name
 * @returns the name of the Backup
 * @throws ReleaseError with the operator's reason, or when it takes too long
 */
export async function backUpCluster({ context, namespace }: StackPlace, cluster: string, occasion: "before-deploy" | "before-undo" | "asked-for", note: (message: string) => void): Promise<string> {
  const api = kubeConfig(context).makeApiClient(CustomObjectsApi);
  const body = { apiVersion: `${resource.group}/${resource.version}`, kind: "Backup", metadata: { generateName: `${cluster}-${occasion}-` }, spec: { cluster: { name: cluster }, method: "barmanObjectStore" } };
  const { metadata } = backupSchema.parse(await api.createNamespacedCustomObject({ ...resource, namespace, body }));
  const deadline = Date.now() + TIMEOUT_SECONDS * 1_000;
  for (;;) {
    const { status } = backupSchema.parse(await api.getNamespacedCustomObject({ ...resource, namespace, name: metadata.name }));
    if (status.phase === "completed") return metadata.name;
    if (status.phase === "failed") throw new ReleaseError(`The backup ${metadata.name} failed: ${status.error || "the operator gives no reason"}. kubectl --namespace ${namespace} describe backup ${metadata.name} tells more.`);
    if (Date.now() > deadline) throw new ReleaseError(`The backup ${metadata.name} is not complete after ${TIMEOUT_SECONDS} s (${status.phase || "the operator has not begun"}): is the CloudNativePG operator running?`);
    note(`the backup ${metadata.name}: ${status.phase || "waiting for the operator"}`);
    await pause(POLL_MS);
  }
}
