import { z } from "zod";
import { parseUrn } from "../rollback/urn.ts";

/** A resource as an update would leave it, and what the update would do to it. */
export interface PlannedResource {
  readonly name: string;
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly operation: "same" | "create" | "update" | "replace" | "delete";
  readonly inputs: Readonly<Record<string, unknown>>;
  /** It stays in the cluster when the stack lets go of it. */
  readonly retained: boolean;
}

/** The parts of `pulumi preview --json` that decisions rest on. */
const previewSchema = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      newState: z.object({ inputs: z.record(z.string(), z.unknown()).default({}), retainOnDelete: z.boolean().default(false) }).optional(),
      oldState: z.object({ inputs: z.record(z.string(), z.unknown()).default({}), retainOnDelete: z.boolean().default(false) }).optional(),
    }),
  ),
});

const operations: Readonly<Record<string, PlannedResource["operation"] | undefined>> = { same: "same", create: "create", update: "update", replace: "replace", "create-replacement": "replace", "delete-replaced": "replace", delete: "delete" };

/** Reads what an update would do from the JSON that `pulumi preview` prints. */
export function plannedResources(previewJson: string): PlannedResource[] {
  const planned = new Map<string, PlannedResource>();
  for (const { op, urn, newState, oldState } of previewSchema.parse(JSON.parse(previewJson)).steps) {
    const operation = operations[op];
    const { type, name } = parseUrn(urn);
    // A replacement comes as several steps, of which the first says all.
    if (operation === undefined || type.startsWith("pulumi:") || planned.get(urn)?.operation === "replace") continue;
    const state = newState ?? oldState;
    planned.set(urn, { name, type, operation, inputs: state?.inputs ?? {}, retained: oldState?.retainOnDelete ?? false });
  }
  return [...planned.values()];
}
