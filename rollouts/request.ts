import { z } from "zod";

/** Before a rollout's name: the annotation of the rollouts map with the last thing that a person asked of it. */
export const requestAnnotation = (rollout: string) => `rollouts.forecast-stack/${rollout}`;

/** What a person asks of a rollout; pausing and resuming are told here and done by `paused` in its YAML. */
export const requestSchema = z.object({
  /** Who the API server says it is: admission refuses another name. */
  by: z.string(),
  /** Another one for each request, so that none is carried out twice. */
  id: z.string().min(1),
  action: z.enum(["start", "pause", "resume", "promote", "abort"]),
  reason: z.string(),
  at: z.iso.datetime(),
  /** The step that is meant: one that has changed meanwhile is not promoted. */
  step: z.int().min(0).optional(),
});

export type RolloutRequest = z.infer<typeof requestSchema>;

/** The last request of a rollout; undefined when there is none that can be read. */
export function readRequest(annotations: Readonly<Record<string, string>>, rollout: string): RolloutRequest | undefined {
  const text = annotations[requestAnnotation(rollout)];
  if (text === undefined) return undefined;
  try {
    return requestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
