import { CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { type FlagMap, type FlagMapContent, flagConfigMaps, rolloutRecordsMap } from "@forecast-stack/flags/config-maps.ts";
import { FlagError } from "./flag-error.ts";
import type { RolloutPatch } from "../rollouts/rollout-change.ts";
import { refusalOf } from "../rollback/api-error.ts";
import type { OverridePatch } from "./override-change.ts";
import { whoAmI } from "./who-am-i.ts";

export type FlagMaps = Readonly<Record<FlagMap, FlagMapContent>>;

/** The flags' ConfigMaps of one namespace, through the API server. */
export class FlagMapStore {
  readonly #core: CoreV1Api;
  readonly #kubeConfig: KubeConfig;
  readonly #namespace: string;

  constructor(kubeConfig: KubeConfig, namespace: string) {
    this.#core = kubeConfig.makeApiClient(CoreV1Api);
    this.#kubeConfig = kubeConfig;
    this.#namespace = namespace;
  }

  /** @throws FlagError when one of the maps is not there */
  async read(): Promise<FlagMaps> {
    const [definitions, overrides, rollouts] = await Promise.all([this.#map("definitions"), this.#map("overrides"), this.#map("rollouts")]);
    return { definitions, overrides, rollouts };
  }

  /** Who the API server takes this caller for. */
  async whoAmI(): Promise<string> {
    return told(whoAmI(this.#kubeConfig));
  }

  /** Writes an override; with `dryRun` the API server only checks it. */
  async patchOverrides(body: OverridePatch, dryRun: boolean): Promise<void> {
    await this.#patch("overrides", body, dryRun);
  }

  /** The rollouts map, and which version of it this is. */
  async rollouts(): Promise<{ readonly map: FlagMapContent; readonly version: string }> {
    const { content, version } = await this.#named(flagConfigMaps.rollouts);
    return { map: content, version };
  }

  /**
   * Writes what is asked of rollouts; with `dryRun` the API server only checks it.
   *
   * @param version writes only over this version of the map, where it is given
   * @returns false when somebody has written the map since that version
   */
  async patchRollouts(body: RolloutPatch, { dryRun, version }: { readonly dryRun: boolean; readonly version: string | undefined }): Promise<boolean> {
    try {
      await this.#patch("rollouts", version === undefined ? body : { ...body, metadata: { ...body.metadata, resourceVersion: version } }, dryRun);
      return true;
    } catch (error) {
      if (refusalOf((error as Error).cause)?.code === 409) return false;
      throw error;
    }
  }

  /** Why rollouts went on or back, by the keys of their records. */
  async records(): Promise<Readonly<Record<string, string>>> {
    return (await this.#named(rolloutRecordsMap)).content.data;
  }

  async #patch(map: FlagMap, body: object, dryRun: boolean): Promise<void> {
    const request = { name: flagConfigMaps[map], namespace: this.#namespace, body, fieldManager: "forecastctl", ...(dryRun ? { dryRun: "All" } : {}) };
    await told(this.#core.patchNamespacedConfigMap(request, setHeaderOptions("Content-Type", PatchStrategy.MergePatch)));
  }

  async #map(map: FlagMap): Promise<FlagMapContent> {
    return (await this.#named(flagConfigMaps[map])).content;
  }

  async #named(name: string): Promise<{ readonly content: FlagMapContent; readonly version: string }> {
    const { data, metadata } = await told(this.#core.readNamespacedConfigMap({ name, namespace: this.#namespace }), `The namespace ${this.#namespace} has no ConfigMap ${name}: is the stack deployed?`);
    return { content: { data: data ?? {}, annotations: metadata?.annotations ?? {} }, version: metadata?.resourceVersion ?? "" };
  }
}

/** The answer of the API server, or its own words when it refuses. */
async function told<Answer>(asked: Promise<Answer>, notFound?: string): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal?.code === 404 && notFound !== undefined) throw new FlagError(notFound, { cause: error });
    throw new FlagError(refusal === undefined ? `The API server does not answer: ${(error as Error).message}` : `The API server refused: ${refusal.message}`, { cause: error });
  }
}
