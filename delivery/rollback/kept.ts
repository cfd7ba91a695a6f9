import { isDeepStrictEqual } from "node:util";
import { holdsData } from "../policy/kinds.ts";
import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";
import { renamedSince } from "./plan.ts";
import type { Mismatch } from "./verify.ts";

/** A release with what a rollback leaves as it is today. */
export interface Kept {
  readonly deployment: Deployment;
  /** URN of what is kept, whole or in part → why. */
  readonly reasons: ReadonlyMap<string, string>;
}

/**
 * The target with what a rollback must not take away: what is protected, what
 * holds data, and the volumes of what the target has too.
 */
export function keepOfToday(target: Deployment, today: Deployment): Kept {
  const volumes = keepVolumes(target, today);
  const added = keepAdded(volumes.deployment, today);
  return { deployment: added.deployment, reasons: new Map([...volumes.reasons, ...added.reasons]) };
}

/** Where each kind's `spec` says how its volumes are. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:apps/v1:StatefulSet": ["volumeClaimTemplates"],
  "kubernetes:core/v1:PersistentVolumeClaim": ["resources"],
  "kubernetes:postgresql.cnpg.io/v1:Cluster": ["storage", "walStorage"],
};

/** Today's record with the volumes that were changed by hand as they are: one that was enlarged stays so, too. */
export function withLiveVolumes(today: Deployment, drift: readonly Mismatch[]): Deployment {
  const byUrn = new Map(drift.map((mismatch) => [mismatch.urn, mismatch]));
  const resources = today.resources.map((resource): CheckpointResource => {
    const { live, paths = [] } = byUrn.get(resource.urn) ?? {};
    const spec = (live as { readonly spec?: Readonly<Record<string, unknown>> } | undefined)?.spec ?? {};
    // Of a StatefulSet, the API server names the whole spec.
    const changed = (fieldsOf[resource.type] ?? []).filter((field) => field in spec && paths.some((path) => path === "spec" || new RegExp(`^spec\\.${field}($|[.[])`).test(path)));
    if (changed.length === 0) return resource;
    return { ...resource, inputs: { ...resource.inputs, spec: { ...specOf(resource), ...Object.fromEntries(changed.map((field) => [field, spec[field]])) } } };
  });
  return { ...today, resources };
}

/** Kubernetes makes no volume smaller, and a set with other templates would have to be replaced. */
function keepVolumes(target: Deployment, today: Deployment): Kept {
  const byUrn = new Map(today.resources.map((resource) => [resource.urn, resource]));
  const reasons = new Map<string, string>();
  const resources = target.resources.map((resource): CheckpointResource => {
    const now = byUrn.get(resource.urn);
    const [then, spec] = [specOf(resource), specOf(now)];
    const changed = (fieldsOf[resource.type] ?? []).filter((field) => now !== undefined && !isDeepStrictEqual(then[field], spec[field]));
    if (changed.length === 0) return resource;
    reasons.set(resource.urn, "its volumes stay as they are today");
    const others = Object.entries(then).filter(([field]) => !changed.includes(field));
    const volumes = Object.entries(spec).filter(([field]) => changed.includes(field));
    return { ...resource, inputs: { ...resource.inputs, spec: Object.fromEntries([...others, ...volumes]) } };
  });
  return { deployment: { ...target, resources }, reasons };
}

function specOf(resource: CheckpointResource | undefined): Readonly<Record<string, unknown>> {
  return (resource?.inputs["spec"] ?? {}) as Readonly<Record<string, unknown>>;
}

/**
 * What the target did not have and is protected or holds data stays, with the
 * components that it belongs to. What holds data also needs what stands beside
 * it in its component: its settings, its service.
 */
function keepAdded(target: Deployment, today: Deployment): Kept {
  const renamed = new Set([...renamedSince(target, today).values()].flat());
  const wanted = new Set(target.resources.map(({ urn }) => urn));
  const added = today.resources.filter(({ urn, delete: condemned }) => !wanted.has(urn) && !renamed.has(urn) && !condemned);
  const byUrn = new Map(added.map((resource) => [resource.urn, resource]));
  const reasons = new Map<string, string>();
  const keep = (urn: string | undefined, reason: string) => {
    const resource = urn === undefined ? undefined : byUrn.get(urn);
    if (resource === undefined || reasons.has(resource.urn)) return;
    reasons.set(resource.urn, reason);
    keep(resource.parent, reason);
  };
  for (const { urn, protect } of added) if (protect) keep(urn, "protected, stays though that release did not have it");
  for (const { urn, parent } of added.filter((resource) => holdsData(resource.type) && !resource.retainOnDelete)) {
    keep(urn, "holds data, stays though that release did not have it");
    // A component that the target has as well keeps what it has there.
    if (parent !== undefined && byUrn.has(parent)) for (const member of added) if (member.parent === parent) keep(member.urn, "belongs to what holds data, stays though that release did not have it");
  }
  return { deployment: { ...target, resources: [...target.resources, ...added.filter(({ urn }) => reasons.has(urn))] }, reasons };
}
