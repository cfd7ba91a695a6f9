import { BatchV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Deployment } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import type { HistoryEntry } from "../releases/update.ts";
import type { Obstacle } from "./plan.ts";

/** The kubeconfig context that an update was made with. */
export function contextOf({ config }: HistoryEntry): string | undefined {
  const context = config["kubernetes:context"];
  return typeof context === "string" ? context : undefined;
}

/**
 * The kubeconfig of the environment, with this context.
 *
 * @throws ReleaseError when it cannot be read, or has no such context
 */
export function kubeConfig(context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new ReleaseError(`The kubeconfig cannot be read: ${error instanceof Error ? error.message : String(error)}. Set KUBECONFIG to the one of the stack's cluster.`, { cause: error });
  }
  if (context === undefined) return config;
  if (config.getContextObject(context) === null) throw new ReleaseError(`The kubeconfig has no context ${context}, which the stack was deployed with; it has ${config.getContexts().map(({ name }) => name).join(", ") || "none"}. Set KUBECONFIG to the one of the stack's cluster.`);
  config.setCurrentContext(context);
  return config;
}

export async function jobExists(context: string | undefined, { namespace, name }: { readonly namespace: string; readonly name: string }): Promise<boolean> {
  const api = kubeConfig(context).makeApiClient(BatchV1Api);
  return api.readNamespacedJob({ name, namespace }).then(
    () => true,
    (error: unknown) => ifNotFound(error, false),
  );
}

/** The cluster is the one that the stack is on when it has the stack's namespaces, with the ids that were recorded. */
export async function clusterObstacles(context: string | undefined, today: Deployment): Promise<Obstacle[]> {
  const api = kubeConfig(context).makeApiClient(CoreV1Api);
  const namespaces = today.resources.filter(({ type, external }) => type === "kubernetes:core/v1:Namespace" && !external);
  const found = await Promise.all(
    namespaces.map(async ({ outputs }): Promise<Obstacle[]> => {
      const { name, uid } = outputs["metadata"] as { name: string; uid: string };
      const live = await api.readNamespace({ name }).catch((error: unknown) => ifNotFound(error, undefined));
      if (live?.metadata?.uid === uid) return [];
      return [{ reason: `The cluster of the context ${context ?? "in use"} is not the one that this stack is on: ${live === undefined ? `it has no namespace ${name}` : `its namespace ${name} is another one`}. Choose the right one with KUBECONFIG.` }];
    }),
  );
  return found.flat();
}

function ifNotFound<Value>(error: unknown, value: Value): Value {
  if ((error as { code?: unknown }).code === 404) return value;
  throw error;
}
