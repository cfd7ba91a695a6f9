import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { type FlagMap, flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { noteAnnotation } from "@forecast-stack/flags/overrides.ts";
import { isMap, parseDocument } from "yaml";
import { z } from "zod";
import { type Deployment, outputsOf } from "../releases/checkpoint.ts";
import { whoAmI } from "../flags/who-am-i.ts";
import { changeMap, ifThere } from "./change-map.ts";
import { kubeConfig } from "./cluster.ts";

/** Flag → value, as the overrides map spells it. */
export type OverrideTexts = Readonly<Record<string, string>>;

/** The overrides of a release beside today's. */
export interface FlagComparison {
  /** Undefined for a release that did not record them. */
  readonly then: OverrideTexts | undefined;
  readonly today: OverrideTexts;
}

const recorded = z.record(z.string(), z.string());

/** The overrides that were in force when a release was deployed; undefined when it did not record them. */
export function overridesOf(deployment: Deployment): OverrideTexts | undefined {
  return recorded.safeParse(outputsOf(deployment)["flagOverrides"]).data;
}

/** The flags of a namespace, as far as a rollback touches them. */
export class LiveFlags {
  readonly #kubeConfig: KubeConfig;
  readonly #api: CoreV1Api;
  readonly #namespace: string;

  constructor(context: string | undefined, namespace: string) {
    this.#kubeConfig = kubeConfig(context);
    this.#api = this.#kubeConfig.makeApiClient(CoreV1Api);
    this.#namespace = namespace;
  }

  /** The overrides that are set now; none where the map does not exist. */
  async overrides(): Promise<OverrideTexts> {
    return (await ifThere(this.#api.readNamespacedConfigMap(this.#place("overrides"))))?.data ?? {};
  }

  /** Makes the overrides those of a release, with a note of who did it and why beside each. */
  async restore(then: OverrideTexts, release: number): Promise<void> {
    await changeMap(this.#api, this.#place("overrides"), async (map) => {
      if (sameTexts(map.data ?? {}, then)) return false;
      const note = { by: await whoAmI(this.#kubeConfig), at: new Date().toISOString(), reason: `rollback to release ${release}` };
      const flags = new Set([...Object.keys(map.data ?? {}), ...Object.keys(then)]);
      const notes = Object.fromEntries([...flags].filter((flag) => map.data?.[flag] !== then[flag]).map((flag) => [noteAnnotation(flag), JSON.stringify({ ...note, value: then[flag] ?? null })]));
      if (map.metadata !== undefined) map.metadata.annotations = { ...map.metadata.annotations, ...notes };
      map.data = { ...then };
      return true;
    });
  }

  /**
   * Pauses every rollout that is not paused: what is measured while a release
   * is taken back says nothing about a flag.
   *
   * @returns the names of those that were paused now
   */
  async pauseRollouts(): Promise<string[]> {
    let paused: (readonly [string, string])[] = [];
    await changeMap(this.#api, this.#place("rollouts"), (map) => {
      paused = Object.entries(map.data ?? {}).flatMap(([name, text]) => {
        const changed = pausedRollout(text);
        return changed === undefined ? [] : [[name, changed] as const];
      });
      map.data = { ...map.data, ...Object.fromEntries(paused) };
      return paused.length > 0;
    });
    return paused.map(([name]) => name);
  }

  #place(map: FlagMap): { readonly name: string; readonly namespace: string } {
    return { name: flagConfigMaps[map], namespace: this.#namespace };
  }
}

/** A rollout's YAML with `paused: true`, comments kept; undefined when it is paused already or is no rollout. */
export function pausedRollout(text: string): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents) || !document.has("flag") || document.get("paused") === true) return undefined;
  document.set("paused", true);
  return document.toString();
}

/** Whether two sets of overrides are the same. */
export function sameTexts(one: OverrideTexts, other: OverrideTexts): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
