import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { restrictedContainer, restrictedPod } from "./security-contexts.ts";

type Container = types.input.core.v1.Container;
type PodSpec = types.input.core.v1.PodSpec;

export interface PodParts extends Omit<PodSpec, "containers" | "initContainers" | "securityContext"> {
  /** The user and group of every container. */
  readonly user: number;
  readonly containers: readonly Container[];
  /** Only for what talks to the API server. */
  readonly serviceAccountName?: pulumi.Input<string>;
}

/**
 * A pod that the `restricted` level admits: every container without privileges
 * on a read-only root, and a service-account token only with an account of its own.
 */
export function restrictedPodSpec({ user, containers, ...rest }: PodParts): PodSpec {
  return {
    automountServiceAccountToken: rest.serviceAccountName !== undefined,
    // Variables such as REDIS_PORT, made from services, would be read as settings.
    enableServiceLinks: false,
    securityContext: restrictedPod(user),
    ...rest,
    containers: containers.map((container) => ({ imagePullPolicy: "IfNotPresent", securityContext: restrictedContainer, ...container })),
  };
}

/** An HTTP probe of a container's named port. */
export function httpProbe(path: string, port: string | number, timing: Omit<types.input.core.v1.Probe, "httpGet" | "exec" | "tcpSocket"> = {}): types.input.core.v1.Probe {
  return { httpGet: { path, port }, timeoutSeconds: 5, ...timing };
}
