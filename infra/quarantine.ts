import { existsSync, readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import { z } from "zod";

/** What on-call rolled back from, as forecastctl writes it. */
const quarantineSchema = z.object({ entries: z.array(z.object({ fingerprint: z.string(), release: z.number(), at: z.string(), by: z.string() })) });

/** An update would bring back what was rolled back from. */
export class QuarantineError extends RunError {
  override name = "QuarantineError";
}

/**
 * Refuses to deploy what was rolled back from, so that neither a plain pulumi
 * up nor a pipeline undoes a rollback that nobody told it of.
 *
 * @param file written by `forecastctl rollback`; absent when nothing was rolled back
 * @throws QuarantineError
 */
export function refuseQuarantined(file: string, fingerprint: string, stack: string): void {
  if (!existsSync(file)) return;
  const { entries } = quarantineSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const entry = entries.find((candidate) => candidate.fingerprint === fingerprint);
  if (entry === undefined) return;
  throw new QuarantineError(
    `This is release ${entry.release}, from which ${entry.by} rolled back at ${entry.at}. Deploy something newer, or allow it again with: forecastctl releases acknowledge ${entry.release} --stack ${stack}`,
  );
}
