import { createHash } from "node:crypto";
import type { RolloutSpec } from "./rollout-spec.ts";

/** Names a specification by what it asks for; pausing and wording do not change it. */
export function specDigest(spec: RolloutSpec): string {
  const asked = { ...spec, paused: false, description: "", owner: "" };
  return createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 12);
}
