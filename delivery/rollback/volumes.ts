import { isDeepStrictEqual } from "node:util";
import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";

/** Where each kind's `spec` says how its volumes are. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:apps/v1:StatefulSet": ["volumeClaimTemplates"],
  "kubernetes:core/v1:PersistentVolumeClaim": ["resources"],
  "kubernetes:postgresql.cnpg.io/v1:Cluster": ["storage", "walStorage"],
};

/**
 * The target with the volumes of today: Kubernetes makes none smaller, and a
 * set with other templates would have to be replaced, which its volumes would
 * not notice.
 *
 * @returns the deployment, and the URNs of what kept its volumes
 */
export function keepVolumes(target: Deployment, today: Deployment): { readonly deployment: Deployment; readonly kept: ReadonlySet<string> } {
  const byUrn = new Map(today.resources.map((resource) => [resource.urn, resource]));
  const kept = new Set<string>();
  const resources = target.resources.map((resource): CheckpointResource => {
    const now = byUrn.get(resource.urn);
    const [then, spec] = [specOf(resource), specOf(now)];
    const changed = (fieldsOf[resource.type] ?? []).filter((field) => now !== undefined && !isDeepStrictEqual(then[field], spec[field]));
    if (changed.length === 0) return resource;
    kept.add(resource.urn);
    const others = Object.entries(then).filter(([field]) => !changed.includes(field));
    const volumes = Object.entries(spec).filter(([field]) => changed.includes(field));
    return { ...resource, inputs: { ...resource.inputs, spec: Object.fromEntries([...others, ...volumes]) } };
  });
  return { deployment: { ...target, resources }, kept };
}

function specOf(resource: CheckpointResource | undefined): Readonly<Record<string, unknown>> {
  return (resource?.inputs["spec"] ?? {}) as Readonly<Record<string, unknown>>;
}
