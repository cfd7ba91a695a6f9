import { createHash } from "node:crypto";
import type { RolloutSpec } from "./rollout-spec.ts";

/** Names a specification by what it asks for; pausing and wording do not change it. */
export function specDigest(spec: RolloutSpec): string {
  const asked = { ...spec, paused: false, description: "", owner: "" };
  return createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 12);
}

/** Names whom a rollout exposes to what: a status of another subject says nothing about it. */
export function subjectOf({ flag, variant, cohort }: RolloutSpec): string {
  return createHash("sha256").update(JSON.stringify([flag, variant, cohort ?? null])).digest("hex").slice(0, 8);
}
