import { CoreV1Api, type CoreV1Event, type KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
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

  constructor(kubeConfig: KubeConfig, namespace: string) {
    this.#api = kubeConfig.makeApiClient(CoreV1Api);
    this.#namespace = namespace;
  }

  async read(): Promise<RolloutMaps> {
    const [definitions, overrides, rollouts] = await Promise.all((["definitions", "overrides", "rollouts"] as const).map((map) => this.#api.readNamespacedConfigMap({ name: flagConfigMaps[map], namespace: this.#namespace })));
    const content = (map: typeof rollouts): FlagMapContent => ({ data: map?.data ?? {}, annotations: map?.metadata?.annotations ?? {} });
    return {
      maps: { definitions: content(definitions), overrides: content(overrides), rollouts: content(rollouts) },
      uid: rollouts?.metadata?.uid ?? "",
      version: rollouts?.metadata?.resourceVersion ?? "",
    };
  }

  /**
   * Writes keys of the rollouts map (null removes one) if nobody has written it
   * since `version`.
   *
   * @returns the new version, or undefined when somebody has: read again
   */
  async write(data: Readonly<Record<string, string | null>>, version: string): Promise<string | undefined> {
    const body = { metadata: { resourceVersion: version }, data };
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
