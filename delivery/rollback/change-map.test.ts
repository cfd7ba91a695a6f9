import { describe, expect, it } from "@jest/globals";
import { type CoreV1Api, V1ConfigMap, V1ObjectMeta } from "@kubernetes/client-node";
import { changeMap } from "./change-map.ts";

const place = { name: "feature-flag-rollouts", namespace: "forecast-test" };
const refused = (code: number) => Object.assign(new Error(`HTTP ${code}`), { code });

/** An API server with one map, into which somebody else writes each time after it was read, so many times. */
class ContestedMap {
  data: Record<string, string> | undefined = {};
  version = 1;
  writes = 0;
  /** Refuses every write with this status. */
  refusal: number | undefined;
  #theirs: number;

  constructor(theirs: number) {
    this.#theirs = theirs;
  }

  get api(): CoreV1Api {
    return {
      readNamespacedConfigMap: () => {
        if (this.data === undefined) return Promise.reject(refused(404));
        const read = Object.assign(new V1ConfigMap(), { metadata: Object.assign(new V1ObjectMeta(), { resourceVersion: String(this.version) }), data: this.data });
        if (this.#theirs > 0) {
          this.#theirs -= 1;
          this.version += 1;
          this.data = { ...this.data, [`theirs-${this.version}`]: "yes" };
        }
        return Promise.resolve(read);
      },
      replaceNamespacedConfigMap: ({ body }: { body: V1ConfigMap }) => {
        this.writes += 1;
        if (this.refusal !== undefined) return Promise.reject(refused(this.refusal));
        if (body.metadata?.resourceVersion !== String(this.version)) return Promise.reject(refused(409));
        this.data = body.data ?? {};
        return Promise.resolve(body);
      },
    } as unknown as CoreV1Api;
  }
}

describe("a change of a map that others write, too", () => {
  const pause = (map: V1ConfigMap) => {
    map.data = { ...map.data, paused: "true" };
    return true;
  };

  it("is made in spite of them, and loses nothing of theirs", async () => {
    const map = new ContestedMap(3);
    await changeMap(map.api, place, pause);
    expect(map.data).toEqual({ "theirs-2": "yes", "theirs-3": "yes", "theirs-4": "yes", paused: "true" });
  });

  it("gives up when they are faster without end, and at once when it is refused for another reason", async () => {
    await expect(changeMap(new ContestedMap(Number.POSITIVE_INFINITY).api, place, pause)).rejects.toMatchObject({ code: 409 });
    const forbidden = new ContestedMap(0);
    forbidden.refusal = 403;
    await expect(changeMap(forbidden.api, place, pause)).rejects.toMatchObject({ code: 403 });
    expect(forbidden.writes).toBe(1);
  });

  it("is none where there is no map, or nothing to change", async () => {
    const missing = new ContestedMap(0);
    missing.data = undefined;
    await changeMap(missing.api, place, pause);
    const paused = new ContestedMap(0);
    await changeMap(paused.api, place, () => false);
    expect([missing.writes, paused.writes]).toEqual([0, 0]);
  });
});
