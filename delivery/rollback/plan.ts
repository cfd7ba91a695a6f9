import { holdsData, kindOf } from "../policy/kinds.ts";
import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";
import type { Step } from "./replay-stack.ts";
import { parseUrn } from "./urn.ts";
import type { Mismatch } from "./verify.ts";

/** How sure it is that a step can be taken back. */
export type Risk = "reversible" | "lossy" | "blocked";

export interface PlannedStep extends Step {
  readonly name: string;
  readonly risk: Risk;
  /** Why it is not simply reversible; empty when it is. */
  readonly reason: string;
}

/**
 * Judges the steps of a replay: what holds data is neither removed nor replaced.
 *
 * @param kept URN of what stays as it is today, whole or in part → why
 */
export function judgeSteps(steps: readonly Step[], today: Deployment, kept: ReadonlyMap<string, string>): PlannedStep[] {
  const retained = new Set(today.resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ urn }) => urn));
  return steps.map((step) => {
    const { name, type } = parseUrn(step.urn);
    const removes = step.operation === "deleted" || step.operation === "replaced";
    if (step.operation === "deleted" && retained.has(step.urn)) return { ...step, name, risk: "reversible", reason: "stays in the cluster" };
    if (removes && holdsData(type)) return { ...step, name, risk: "blocked", reason: `${kindOf(type)} holds data and would be ${step.operation}` };
    return { ...step, name, risk: "reversible", reason: kept.get(step.urn) ?? "" };
  });
}

/** Tells at each step what was changed by hand there, and what becomes of it. */
export function withDriftReasons(steps: readonly PlannedStep[], drift: readonly Mismatch[], kept: boolean): PlannedStep[] {
  const byUrn = new Map(drift.map((mismatch) => [mismatch.urn, mismatch]));
  return steps.map((step) => {
    const mismatch = byUrn.get(step.urn);
    if (mismatch === undefined || step.reason !== "") return step;
    if (mismatch.live === undefined) return { ...step, reason: "was deleted by hand" };
    return { ...step, reason: `changed by hand (${mismatch.paths.join(", ")}), ${kept ? "kept" : "put back"}` };
  });
}

/** A reason why a release cannot be gone back to. */
export interface Obstacle {
  readonly reason: string;
}

/** Images that the target's pods need, each once. */
export function imagesOf(deployment: Deployment): string[] {
  return [...new Set(deployment.resources.flatMap(({ inputs }) => imagesIn(inputs)))].sort();
}

function imagesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, element]) => (key === "image" && typeof element === "string" ? [element] : imagesIn(element)));
}

/**
 * URN in the target → the URNs that the same resources have today. A resource
 * that was renamed since says its old names itself; in the other direction, and
 * where a checkpoint no longer has them, it is the object that tells: made anew
 * under one name and removed under the other, it would be gone.
 */
export function renamedSince(target: Deployment, today: Deployment): Map<string, string[]> {
  const wanted = new Set(target.resources.map(({ urn }) => urn));
  const existing = new Set(today.resources.map(({ urn }) => urn));
  const others = today.resources.filter(({ urn, delete: going }) => !wanted.has(urn) && !going);
  const names = target.resources.filter(({ urn }) => !existing.has(urn)).map((then) => [then.urn, others.filter((now) => now.aliases?.includes(then.urn) === true || isSameObject(then, now)).map(({ urn }) => urn)] as const);
  return new Map(names.filter(([, today]) => today.length > 0).map(([urn, today]) => [urn, [...today]]));
}

/** A provider gives each of its objects an id: Kubernetes' is namespace and name. */
function isSameObject(one: CheckpointResource, other: CheckpointResource): boolean {
  return one.id !== undefined && one.id === other.id && one.type === other.type;
}
