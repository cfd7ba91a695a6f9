import type { KubeConfig } from "@kubernetes/client-node";

/** The API server of the cluster that this process runs in, asked as the pod's service account. */
export interface OwnCluster {
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
}

/** Undefined in a pod without a service account. */
export async function ownCluster(): Promise<OwnCluster | undefined> {
  // The client of the Kubernetes API takes long to load: outside Kubernetes nobody waits for it.
  const { KubeConfig } = await import("./kubernetes-client.ts");
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromCluster();
  const namespace = kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace;
  return namespace === undefined ? undefined : { kubeConfig, namespace };
}
