import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { FlagProblem } from "@forecast-stack/flags/problem.ts";
import { z } from "zod";

/** Whoever evaluates flags for users: the clock of a step waits for these. */
const evaluating = "app.kubernetes.io/component in (api,worker)";
const TIMEOUT_MS = 2_000;
/** Pods, or entries, that are named in a sentence; the rest is counted. */
const MOST_NAMED = 3;

const answerSchema = z.object({ flags: z.string() });

/** A pod's name and by which flags it answers; undefined when it does not say. */
export interface PodRevision {
  readonly pod: string;
  readonly revision: string | undefined;
}

/** Asks every live pod by which flags it answers. */
export class LivePods {
  readonly #api: CoreV1Api;
  readonly #namespace: string;

  constructor(kubeConfig: KubeConfig, namespace: string) {
    this.#api = kubeConfig.makeApiClient(CoreV1Api);
    this.#namespace = namespace;
  }

  async revisions(): Promise<PodRevision[]> {
    const { items } = await this.#api.listNamespacedPod({ namespace: this.#namespace, labelSelector: evaluating });
    return Promise.all(items.filter(isLive).map(async ({ metadata, status, spec }) => ({ pod: metadata?.name ?? "", revision: await askRevision(status?.podIP ?? "", portOf(spec)) })));
  }
}

/**
 * A sentence about the pods that do not answer by `revision`; undefined when all
 * do. It names the entries that are ignored: what a pod had in their place may be
 * all that tells it from the others.
 */
export function missingPods(pods: readonly PodRevision[], revision: string, ignored: readonly Pick<FlagProblem, "map" | "key">[]): string | undefined {
  if (pods.length === 0) return "No pod is live.";
  const others = pods.filter((one) => one.revision !== revision).map(({ pod }) => pod);
  if (others.length === 0) return undefined;
  const sentence = `${some(others)} of ${pods.length} pods ${others.length === 1 ? "does" : "do"} not answer by these flags yet (revision ${revision}).`;
  return ignored.length === 0 ? sentence : `${sentence} Of the flags' entries these are ignored, which may be why: ${some(ignored.map(({ map, key }) => `${key} (${map})`))}.`;
}

function some(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** One that ends evaluates for nobody much longer; one whose container has not started does not yet. */
function isLive({ metadata, status }: V1Pod): boolean {
  return metadata?.deletionTimestamp === undefined && status?.phase === "Running" && status.containerStatuses?.some(({ started }) => started === true) === true;
}

function portOf(spec: V1Pod["spec"]): number {
  return spec?.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === "http")?.containerPort ?? 0;
}

async function askRevision(address: string, port: number): Promise<string | undefined> {
  const host = address.includes(":") ? `[${address}]` : address;
  try {
    const answer = await fetch(`http://${host}:${port}/health/live`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answerSchema.safeParse(await answer.json()).data?.flags;
  } catch {
    // It may be starting or gone; either way it does not report, which is the answer.
    return undefined;
  }
}
