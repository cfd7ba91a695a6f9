import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";
import { isSecret } from "../releases/secret-values.ts";
import type { Mismatch } from "./verify.ts";

/**
 * The target with what was changed in the cluster by hand, so that a replay
 * leaves it: each value that differs from today's record takes the live one.
 * What is gone, what the target does not have and what is secret is left out;
 * the replay puts those back.
 */
export function withDrift(target: Deployment, drift: readonly Mismatch[]): Deployment {
  const byUrn = new Map(drift.map((mismatch) => [mismatch.urn, mismatch]));
  return {
    ...target,
    resources: target.resources.map((resource): CheckpointResource => {
      const mismatch = byUrn.get(resource.urn);
      if (mismatch?.live === undefined) return resource;
      const inputs = structuredClone(resource.inputs);
      for (const path of mismatch.paths) copyValue(path, mismatch.live, inputs);
      return { ...resource, inputs };
    }),
  };
}

/** Copies what a path (`spec.template.containers[0].image`) leads to, where both sides have it. Keys may have dots in them. */
function copyValue(path: string, from: unknown, to: unknown): void {
  if (!isContainer(from) || !isOpen(to)) return;
  for (const key of Object.keys(to)) {
    const step = Array.isArray(to) ? `[${key}]` : key;
    const rest = path.slice(step.length);
    if (!path.startsWith(step) || !(key in from) || !/^($|[.[])/.test(rest)) continue;
    if (rest === "") to[key] = from[key];
    else copyValue(rest.replace(/^\./, ""), from[key], to[key]);
  }
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isOpen(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !isSecret(value);
}
