import { z } from "zod";

/** What pg-boss keeps of a try that ended because the worker gave no sign of life for too long. */
const heartbeatMissed = z.object({ value: z.object({ message: z.string().regex(/heartbeat/) }) });

/** Whether a job is tried again because the worker that had it is dead; the try before may also have failed by itself. */
export function isAbandoned({ retryCount, output }: { readonly retryCount: number; readonly output: unknown }): boolean {
  return retryCount > 0 && heartbeatMissed.safeParse(output).success;
}
