import { CoreV1Api, type CoreV1Event, type KubeConfig, PatchStrategy, setHeaderOptions, type V1ConfigMap } from "@kubernetes/client-node";
import { type FlagMap, type FlagMapContent, flagConfigMaps, rolloutRecordsMap } from "@forecast-stack/flags/config-maps.ts";
import { fieldOf } from "../platform/thrown.ts";

/** The flags' maps, and which version of the rollouts they are. */
export interface RolloutMaps {
  readonly maps: Readonly<Record<FlagMap, FlagMapContent>>;
  readonly uid: string;
  readonly version: string;
}

/** What a ConfigMap may hold, with room for what people write beside it. */
const MOST_RECORD_BYTES = 900_000;

/** The ConfigMaps that rollouts live in: what people ask for, what has become of it, and why. */
export class RolloutMapStore {
  readonly #api: CoreV1Api;
  readonly #namespace: string;
  /** What the maps beside the rollouts held last. */
  readonly #last = new Map<FlagMap, FlagMapContent>();

  constructor(kubeConfig: KubeConfig, namespace: string) {
    this.#api = kubeConfig.makeApiClient(CoreV1Api);
    this.#namespace = namespace;
  }

  /** Without a map of the definitions or the overrides what it held last goes on to hold, as it does in every pod. */
  async read(): Promise<RolloutMaps> {
    const [definitions, overrides, rollouts] = await Promise.all([this.#beside("definitions"), this.#beside("overrides"), this.#map("rollouts")]);
    return {
      maps: { definitions, overrides, rollouts: contentOf(rollouts) },
      uid: rollouts.metadata?.uid ?? "",
      version: rollouts.metadata?.resourceVersion ?? "",
    };
  }

  #map(map: FlagMap): Promise<V1ConfigMap> {
    return this.#api.readNamespacedConfigMap({ name: flagConfigMaps[map], namespace: this.#namespace });
  }

  async #beside(map: FlagMap): Promise<FlagMapContent> {
    try {
      const content = contentOf(await this.#map(map));
      this.#last.set(map, content);
      return content;
    } catch (error) {
      if (fieldOf(error, "code") === 404) return this.#last.get(map) ?? { data: {}, annotations: {} };
      throw error;
    }
  }

  /**
   * Writes keys of the rollouts map (null removes one) and takes annotations
   * away, if nobody has written it since `version`.
   *
   * @returns the new version, or undefined when somebody has: read again
   */
  async write(data: Readonly<Record<string, string | null>>, version: string, annotations: Readonly<Record<string, null>>): Promise<string | undefined> {
    const body = { metadata: { resourceVersion: version, annotations }, data };
    try {
      const { metadata } = await this.#api.patchNamespacedConfigMap({ name: flagConfigMaps.rollouts, namespace: this.#namespace, body, fieldManager: "rollout-controller" }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
      return metadata?.resourceVersion ?? "";
    } catch (error) {
      if (fieldOf(error, "code") === 409) return undefined;
      throw error;
    }
  }

  /** Keeps a record; the oldest ones make room. Writing the same one again changes nothing. */
  async keepRecord(key: string, text: string): Promise<void> {
    const name = rolloutRecordsMap;
    const { data = {} } = await this.#api.readNamespacedConfigMap({ name, namespace: this.#namespace });
    if (data[key] === text) return;
    const removed = recordsToRemove({ ...data, [key]: text }, key);
    const body = { data: { ...Object.fromEntries(removed.map((one) => [one, null])), [key]: text } };
    await this.#api.patchNamespacedConfigMap({ name, namespace: this.#namespace, body, fieldManager: "rollout-controller" }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
  }

  async tell(body: CoreV1Event): Promise<void> {
    await this.#api.createNamespacedEvent({ namespace: this.#namespace, body });
  }
}

function contentOf({ data, metadata }: V1ConfigMap): FlagMapContent {
  return { data: data ?? {}, annotations: metadata?.annotations ?? {} };
}

/** The oldest records, by the time that each tells, until the rest fits. */
export function recordsToRemove(records: Readonly<Record<string, string>>, newest: string): string[] {
  const timeOf = (text: string): string => /"at": "([^"]+)"/.exec(text)?.[1] ?? "";
  const oldestFirst = Object.entries(records).filter(([key]) => key !== newest).sort(([, one], [, other]) => timeOf(one).localeCompare(timeOf(other)));
  let bytes = Object.entries(records).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0);
  const removed: string[] = [];
  for (const [key, text] of oldestFirst) {
    if (bytes <= MOST_RECORD_BYTES) break;
    bytes -= key.length + Buffer.byteLength(text);
    removed.push(key);
  }
  return removed;
}
