import { setTimeout as pause } from "node:timers/promises";
import { BatchV1Api, CoreV1Api, type V1CronJob, type V1Job, type V1Pod } from "@kubernetes/client-node";
import { kubeConfig } from "../rollback/cluster.ts";
import { JobError } from "./job-error.ts";

/** Where a stack's objects are. */
export interface StackPlace {
  readonly context: string | undefined;
  readonly namespace: string;
}

/** A pod to be run once, as its template in the cluster or in a release says, and the labels by which network policies know it. */
export interface JobTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: Readonly<Record<string, unknown>> & { readonly containers: readonly Readonly<Record<string, unknown>>[] };
}

/** A schedule of the stack; undefined where there is none. */
export async function readSchedule({ context, namespace }: StackPlace, name: string): Promise<V1CronJob | undefined> {
  return kubeConfig(context).makeApiClient(BatchV1Api).readNamespacedCronJob({ name, namespace }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 404) return undefined;
    throw error;
  });
}

const POLL_MS = 500;
/** A container that cannot start for one of these reasons hardly ever does later. */
const stuckReasons: ReadonlySet<string> = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"]);
const STUCK_MS = 60_000;
/** Removed an hour after their end: until then somebody may read their logs. */
const KEPT_SECONDS = 3_600;

/**
 * Runs the one container of a pod with other arguments, to its end, and gives
 * what it printed: one JSON object per line.
 *
 * @param timeoutSeconds after which Kubernetes ends it
 * @throws JobError with the container's own words, or why it cannot start
 */
export async function runServiceJob({ context, namespace }: StackPlace, name: string, { labels, pod }: JobTemplate, args: readonly string[], timeoutSeconds: number, note: (message: string) => void): Promise<Record<string, unknown>[]> {
  const config = kubeConfig(context);
  const jobs = config.makeApiClient(BatchV1Api);
  const pods = config.makeApiClient(CoreV1Api);
  const spec = { ...pod, restartPolicy: "Never", containers: pod.containers.map((container) => ({ ...container, args: [...args] })) };
  const body = { metadata: { generateName: `${name}-`, labels }, spec: { backoffLimit: 0, activeDeadlineSeconds: timeoutSeconds, ttlSecondsAfterFinished: KEPT_SECONDS, template: { metadata: { labels }, spec } } };
  // The client's types are classes, of which it asks no more than their properties.
  const made = await jobs.createNamespacedJob({ namespace, body: body as unknown as V1Job });
  const job = made.metadata?.name ?? "";
  let wellAt = Date.now();
  for (;;) {
    const { status } = await jobs.readNamespacedJob({ name: job, namespace });
    const ended = status?.conditions?.find(({ type, status: is }) => is === "True" && (type === "Complete" || type === "Failed"));
    if (ended !== undefined) return resultOf(pods, namespace, job, ended.type === "Complete", ended.message ?? "");
    const stuck = (status?.ready ?? 0) > 0 ? undefined : await whyStuck(pods, namespace, job);
    if (stuck === undefined) wellAt = Date.now();
    else if (Date.now() - wellAt > STUCK_MS) {
      await jobs.deleteNamespacedJob({ name: job, namespace, propagationPolicy: "Background" });
      throw new JobError(`The Job ${job} cannot start: ${stuck}`, 1);
    }
    note((status?.active ?? 0) > 0 ? `the Job ${job} is at work` : `the Job ${job} waits for its pod`);
    await pause(POLL_MS);
  }
}

/** Why the pod of a Job does not start, when waiting will hardly help. */
async function whyStuck(pods: CoreV1Api, namespace: string, job: string): Promise<string | undefined> {
  const waiting = (await podOf(pods, namespace, job))?.status?.containerStatuses?.[0]?.state?.waiting;
  return waiting?.reason !== undefined && stuckReasons.has(waiting.reason) ? (waiting.message ?? waiting.reason) : undefined;
}

async function podOf(pods: CoreV1Api, namespace: string, job: string): Promise<V1Pod | undefined> {
  return (await pods.listNamespacedPod({ namespace, labelSelector: `batch.kubernetes.io/job-name=${job}` })).items[0];
}

async function resultOf(pods: CoreV1Api, namespace: string, job: string, complete: boolean, reason: string): Promise<Record<string, unknown>[]> {
  const pod = await podOf(pods, namespace, job);
  const name = pod?.metadata?.name;
  const log = name === undefined ? "" : await pods.readNamespacedPodLog({ name, namespace }).catch(() => "");
  const lines = log.split("\n").filter((line) => line.startsWith("{"));
  if (complete) return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const said = log.split("\n").filter((line) => line !== "" && !line.startsWith("{")).join("\n");
  const exitCode = pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? 1;
  throw new JobError(said === "" ? `The Job ${job} failed: ${reason || "its pod never ran"}. kubectl --namespace ${namespace} describe job ${job} tells more.` : said, exitCode);
}
