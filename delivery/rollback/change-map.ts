import { setTimeout } from "node:timers/promises";
import type { CoreV1Api, V1ConfigMap } from "@kubernetes/client-node";

/** A rollout's controller writes a few times in a row at most. */
const MOST_TRIES = 10;
const TRY_AGAIN_MS = 100;

/**
 * Changes a ConfigMap that others write, too. What somebody writes between the
 * reading and the writing is never lost: the change is worked out again.
 *
 * @param change makes the map what it should be; false leaves it as it is
 * @throws what the API server says when it refuses, also when others were faster each time
 */
export async function changeMap(
  api: Pick<CoreV1Api, "readNamespacedConfigMap" | "replaceNamespacedConfigMap">,
  place: { readonly name: string; readonly namespace: string },
  change: (map: V1ConfigMap) => boolean | Promise<boolean>,
): Promise<void> {
  for (let left = MOST_TRIES - 1; ; left -= 1) {
    const body = await ifThere(api.readNamespacedConfigMap(place));
    if (body === undefined || !(await change(body))) return;
    try {
      // With the resource version that was read.
      await api.replaceNamespacedConfigMap({ ...place, body, fieldManager: "forecastctl" });
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 409 || left === 0) throw error;
    }
    await setTimeout(TRY_AGAIN_MS);
  }
}

/** What was asked for, or undefined where it does not exist. */
export async function ifThere<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return undefined;
    throw error;
  }
}
