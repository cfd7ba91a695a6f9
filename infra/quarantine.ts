import { existsSync, readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import { z } from "zod";

/** What on-call rolled back from, as forecastctl writes it: a fingerprint with the image behind it, and the image by itself while it must not come back with other settings either. */
const quarantineSchema = z.object({ entries: z.array(z.object({ fingerprint: z.string(), image: z.string().optional(), release: z.number(), at: z.string(), by: z.string() })) });

/** An update would bring back what was rolled back from. */
export class QuarantineError extends RunError {
  override name = "QuarantineError";
}

/** What an update would deploy. */
export interface Deployed {
  /** Of source, settings and images; undefined where it was judged already. */
  readonly fingerprint?: string;
  /** The service's image. */
  readonly image: string;
}

/**
 * Refuses to deploy what was rolled back from, so that neither a plain pulumi
 * up nor a pipeline on the same machine undoes a rollback that nobody told it
 * of. The service's image of such a release is refused with any other settings,
 * dashboards and rules as well.
 *
 * @param file written by `forecastctl rollback`; absent when nothing was rolled back
 * @throws QuarantineError
 */
export function refuseQuarantined(file: string, { fingerprint, image }: Deployed, stack: string): void {
  if (!existsSync(file)) return;
  const { entries } = quarantineSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const same = entries.find((entry) => entry.fingerprint.split(" ")[0] === fingerprint);
  const entry = same ?? entries.find((candidate) => candidate.image === image);
  if (entry === undefined) return;
  const what = same === undefined ? `This runs ${image}, the image of release ${entry.release}` : `This is release ${entry.release}`;
  throw new QuarantineError(`${what}, from which ${entry.by} rolled back at ${entry.at}. Deploy something newer, or allow it again with: forecastctl releases acknowledge ${entry.release} --stack ${stack}`);
}
