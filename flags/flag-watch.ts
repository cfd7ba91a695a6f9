import { setTimeout } from "node:timers/promises";
import { CoreV1Api, type KubeConfig, ListWatch, type V1ConfigMap } from "@kubernetes/client-node";
import { type FlagMap, type FlagMapContent, flagConfigMaps } from "./config-maps.ts";
import { ConfirmingWatch } from "./confirming-watch.ts";

/** Which version of which map a content is. */
export interface FlagMapVersion {
  readonly uid: string;
  readonly resourceVersion: string;
  /** The program that wrote last, and when, as far as the API server remembers. */
  readonly tool?: string;
  readonly writtenAt?: Date;
}

/** What a watch tells. None of these may throw. */
export interface FlagWatchListener {
  readonly onContent: (map: FlagMap, content: FlagMapContent, version: FlagMapVersion) => void;
  readonly onGone: (map: FlagMap) => void;
  /** The connection broke or was refused; the watch tries again by itself. */
  readonly onFailure: (map: FlagMap, error: unknown) => void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/**
 * Watches the three ConfigMaps of a namespace: lists each once, then follows
 * its changes, resumes after a broken connection where it was, and lists again
 * where the API server no longer knows that place.
 */
export class FlagWatch {
  readonly #kubeConfig: KubeConfig;
  readonly #namespace: string;
  readonly #listener: FlagWatchListener;
  readonly #confirmedAt = new Map<FlagMap, number>();
  readonly #informers: ListWatch<V1ConfigMap>[] = [];
  readonly #retries = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(kubeConfig: KubeConfig, namespace: string, listener: FlagWatchListener) {
    this.#kubeConfig = kubeConfig;
    this.#namespace = namespace;
    this.#listener = listener;
  }

  /** Begins; what is there is told as soon as it was listed. */
  start(): void {
    for (const map of Object.keys(flagConfigMaps) as FlagMap[]) this.#follow(map);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const retry of this.#retries) clearTimeout(retry);
    await Promise.all(this.#informers.map((informer) => informer.stop()));
  }

  /** When (milliseconds since 1970) the API server last confirmed all three maps; undefined before it did. */
  get confirmedAt(): number | undefined {
    const times = [...this.#confirmedAt.values()];
    return times.length < Object.keys(flagConfigMaps).length ? undefined : Math.min(...times);
  }

  #follow(map: FlagMap): void {
    const name = flagConfigMaps[map];
    const namespace = this.#namespace;
    const fieldSelector = `metadata.name=${name}`;
    const api = this.#kubeConfig.makeApiClient(CoreV1Api);
    let failures = 0;
    const confirmed = () => {
      failures = 0;
      this.#confirmedAt.set(map, Date.now());
    };
    const list = async () => {
      const listed = await api.listNamespacedConfigMap({ namespace, fieldSelector });
      confirmed();
      if (listed.items.length === 0) this.#listener.onGone(map);
      return listed;
    };
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const watch = new ConfirmingWatch(this.#kubeConfig, confirmed);
    // The informer would wait longer and longer after every watch in which nothing happened.
    const delayFn = (ms: number) => setTimeout(watch.lasted ? 0 : ms);
    const informer = new ListWatch<V1ConfigMap>(path, watch, list, false, undefined, fieldSelector, { delayFn });
    const changed = ({ data, metadata }: V1ConfigMap) => {
      this.#listener.onContent(map, { data: data ?? {}, annotations: metadata?.annotations ?? {} }, versionOf(metadata));
    };
    const start = () => void informer.start().catch(failed);
    const failed = (error: unknown) => {
      if (this.#stopped) return;
      this.#listener.onFailure(map, error);
      const longest = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
      failures += 1;
      // Half of it by chance, so that a hundred processes do not come back in the same instant.
      const retry = globalThis.setTimeout(() => {
        this.#retries.delete(retry);
        start();
      }, longest * (0.5 + Math.random() / 2));
      this.#retries.add(retry);
    };
    informer.on("add", changed);
    informer.on("update", changed);
    informer.on("delete", () => this.#listener.onGone(map));
    informer.on("error", failed);
    this.#informers.push(informer);
    start();
  }
}

function versionOf(metadata: V1ConfigMap["metadata"]): FlagMapVersion {
  // A watch gives times as they were sent, as texts.
  const msOf = (time: Date | undefined) => new Date(time ?? 0).getTime();
  const [newest] = (metadata?.managedFields ?? []).toSorted((one, other) => msOf(other.time) - msOf(one.time));
  return {
    uid: metadata?.uid ?? "",
    resourceVersion: metadata?.resourceVersion ?? "",
    ...(newest?.manager === undefined ? {} : { tool: newest.manager }),
    ...(newest?.time === undefined ? {} : { writtenAt: new Date(newest.time) }),
  };
}
