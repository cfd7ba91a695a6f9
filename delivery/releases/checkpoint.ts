import { z } from "zod";

/** A resource as a checkpoint records it. Keys that are not named here are kept. */
const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().default(false),
  id: z.string().optional(),
  /** Marked for deletion: the old half of a replacement that was cut off. */
  delete: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
  parent: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  provider: z.string().optional(),
  protect: z.boolean().default(false),
  retainOnDelete: z.boolean().default(false),
  external: z.boolean().default(false),
  /** Input property → URNs of the resources that it came from. */
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable().transform((urns) => urns ?? [])).optional(),
  /** Seconds per operation. */
  customTimeouts: z.record(z.string(), z.number()).optional(),
  additionalSecretOutputs: z.array(z.string()).optional(),
  aliases: z.array(z.string()).optional(),
  ignoreChanges: z.array(z.string()).optional(),
});

/** A deployment: what Pulumi knows of a stack after an update (its state, version 3). */
export const deploymentSchema = z.looseObject({
  manifest: z.looseObject({ time: z.string() }),
  secrets_providers: z.looseObject({ type: z.string(), state: z.record(z.string(), z.unknown()).optional() }).optional(),
  resources: z.array(resourceSchema).default([]),
  pending_operations: z.array(z.unknown()).optional(),
});

export type CheckpointResource = z.infer<typeof resourceSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;

/** The file that a self-managed backend writes after each update. */
export const checkpointFileSchema = z.object({
  version: z.literal(3, "must be 3: this file is of another version of Pulumi"),
  checkpoint: z.object({ stack: z.string(), latest: deploymentSchema.optional() }),
});

/** A stack's outputs, as its root resource records them. */
export function outputsOf(deployment: Deployment): Readonly<Record<string, unknown>> {
  return deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}
