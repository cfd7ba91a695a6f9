import type { FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import type { FlagMapVersion } from "@forecast-stack/flags/flag-watch.ts";
import type { Log } from "../platform/log.ts";
import { ownCluster } from "../platform/own-cluster.ts";
import { endedOverrides, removalOf } from "./ended-overrides.ts";

/** Takes overrides whose time is over out of their ConfigMap, as the pod's own service account. */
export class OverrideRemover {
  readonly #log: Log;
  #newest: { readonly content: FlagMapContent; readonly version: FlagMapVersion } | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes a version of the overrides map. */
  observe(content: FlagMapContent, version: FlagMapVersion): void {
    this.#newest = { content, version };
  }

  /**
   * Removes what has ended at `now`. What somebody else wrote meanwhile is never
   * lost: the API server refuses a removal from an older version of the map, and
   * the newer version comes through the watch.
   *
   * @returns when (milliseconds since 1970) the next override ends
   */
  async removeEnded(now: Date): Promise<number | undefined> {
    if (this.#newest === undefined) return undefined;
    const { content, version } = this.#newest;
    const { ended, nextEnd } = endedOverrides(content, now.getTime());
    if (ended.length === 0) return nextEnd;
    const cluster = await ownCluster();
    if (cluster === undefined) return nextEnd;
    const { AuthenticationV1Api, CoreV1Api, PatchStrategy, setHeaderOptions, V1SelfSubjectReview } = await import("../platform/kubernetes-client.ts");
    const { status } = await cluster.kubeConfig.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: new V1SelfSubjectReview() });
    const body = removalOf(ended, version.resourceVersion, status?.userInfo?.username ?? "", now);
    const request = { name: flagConfigMaps.overrides, namespace: cluster.namespace, body, fieldManager: "forecast-worker" };
    try {
      await cluster.kubeConfig.makeApiClient(CoreV1Api).patchNamespacedConfigMap(request, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
      this.#log.info({ flags: ended }, "overrides ended and were taken away");
    } catch (error) {
      if ((error as { code?: unknown }).code !== 409) throw error;
    }
    return nextEnd;
  }
}
