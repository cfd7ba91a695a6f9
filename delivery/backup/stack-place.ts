import { type Deployment, outputsOf } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { type ReadRelease, ReleaseHistory } from "../releases/release-history.ts";
import { contextOf } from "../rollback/cluster.ts";
import type { StackPlace } from "./service-job.ts";

/** What runs now: the newest release, or undefined when there is none yet. */
export async function newestRelease(stack: string): Promise<ReadRelease | undefined> {
  const history = new ReleaseHistory(stack);
  const newest = (await history.updates()).filter(({ release }) => release !== null).at(-1);
  return newest === undefined ? undefined : history.read(newest);
}

/** @throws ReleaseError when the stack has no release, or it does not name its namespace */
export async function placeOf(stack: string): Promise<StackPlace> {
  const release = await newestRelease(stack);
  if (release === undefined) throw new ReleaseError(`The stack ${stack} has no release yet.`);
  return placeIn(release.deployment, contextOf(release.update.entry));
}

export function placeIn(deployment: Deployment, context: string | undefined): StackPlace {
  const { namespace } = outputsOf(deployment);
  if (typeof namespace !== "string") throw new ReleaseError("The newest release does not name its namespace.");
  return { context, namespace };
}
