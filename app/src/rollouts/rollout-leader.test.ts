import { beforeEach, describe, expect, it } from "@jest/globals";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { requestAnnotation, type RolloutRequest } from "@forecast-stack/rollouts/request.ts";
import { readStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { Registry } from "prom-client";
import type { Database } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { PodFlags } from "./pod-flags.ts";
import { RolloutLeader, type RolloutLeaderParts } from "./rollout-leader.ts";

const plan = (flag: string, more = "") => `flag: ${flag}\nvariant: "on"\nowner: forecasting\nsteps: [{ weight: 5, minimumDuration: 5m }, { weight: 100, minimumDuration: 5m }]\ngates: [{ kind: trigger, name: memory, trigger: memory }]\n${more}`;
const hybrid = plan("ENABLE_HYBRID_FORECASTING");
const prefetch = plan("ENABLE_PREDICTIVE_PREFETCH");
/** How the client spells an answer of the API server. */
const refused = (code: number, message: string) => Object.assign(new Error("HTTP-Code"), { code, body: JSON.stringify({ message }) });
const holds = () => Promise.resolve(true);

/** What the API server holds, in memory. */
class Cluster {
  data: Record<string, string> = {};
  annotations: Record<string, string> = {};
  overrides: Record<string, string> = {};
  version = 1;
  readonly events: string[] = [];
  readonly records: string[] = [];
  recordFailure: Error | undefined;
  podFailure: Error | undefined;
  /** The rollout whose status cannot be written. */
  unwritable: string | undefined;

  maps() {
    return { definitions: { data: {}, annotations: {} }, overrides: { data: this.overrides, annotations: {} }, rollouts: { data: { ...this.data }, annotations: { ...this.annotations } } };
  }

  status(name: string) {
    return readStatus(this.data[`${name}.status`]);
  }

  ask(name: string, action: RolloutRequest["action"]): void {
    this.annotations[requestAnnotation(name)] = JSON.stringify({ by: "ann", id: action, action, reason: "because", at: "2026-01-01T00:00:00.000Z", step: this.status(name)?.step ?? 0 });
  }

  readonly store: RolloutLeaderParts["store"] = {
    read: () => Promise.resolve({ maps: this.maps(), uid: "u", version: String(this.version) }),
    write: (data, version, annotations) => {
      if (version !== String(this.version)) return Promise.resolve(undefined);
      if (this.unwritable !== undefined && `${this.unwritable}.status` in data) return Promise.reject(refused(422, "it is too large"));
      const merged = (before: Record<string, string>, change: Readonly<Record<string, string | null>>) => Object.fromEntries(Object.entries({ ...before, ...change }).filter((entry): entry is [string, string] => entry[1] !== null));
      this.data = merged(this.data, data);
      this.annotations = merged(this.annotations, annotations);
      this.version += 1;
      return Promise.resolve(String(this.version));
    },
    keepRecord: (key) => {
      if (this.recordFailure !== undefined) return Promise.reject(this.recordFailure);
      this.records.push(key);
      return Promise.resolve();
    },
    tell: ({ reason }) => {
      this.events.push(reason ?? "");
      return Promise.resolve();
    },
  };

  /** One pod that has seen everything. */
  readonly pods: RolloutLeaderParts["pods"] = {
    revisions: () => {
      if (this.podFailure !== undefined) return Promise.reject(this.podFailure);
      const flags = new PodFlags(definitions, "dev");
      flags.take(this.maps());
      return Promise.resolve([{ pod: "api-1", revision: flags.revision }]);
    },
  };
}

describe("whoever leads the rollouts", () => {
  let cluster: Cluster;
  let leader: RolloutLeader;
  let registry: Registry;
  const lead = () => leader.lead(holds);
  const invalid = async () => (await registry.metrics()).split("\n").filter((line) => line.startsWith("rollout_invalid{") && line.endsWith(" 1"));

  beforeEach(() => {
    cluster = new Cluster();
    registry = new Registry();
    const { store, pods } = cluster;
    // Its gates ask no database.
    const sources = { database: undefined as unknown as Database, prometheusUrl: "", namespace: "forecast-dev" };
    leader = new RolloutLeader({ sources, store, pods, alertmanagerUrl: "", environment: "dev", metrics: createMetrics(registry, ["rollout-controller"]), log: createLog({ level: "silent", role: "rollout-controller", version: "test" }) });
  });

  it("takes one back as asked though the record of it cannot be kept, and says so", async () => {
    cluster.data = { hybrid };
    await lead();
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 5, phase: "observing" });
    cluster.recordFailure = refused(404, "there is no such map");
    cluster.ask("hybrid", "abort");
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 0, phase: "returning" });
    expect(cluster.events).toContain("RolloutRecordFailed");
  });

  it("lets none go on without its record, says once why, and goes on when it can be kept", async () => {
    cluster.data = { hybrid };
    cluster.recordFailure = refused(404, "there is no such map");
    await lead();
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 0, step: 0, reason: "It does not go on, because the record of why cannot be kept: the API server answers 404, there is no such map." });
    expect(cluster.events).toEqual(["RolloutRecordFailed"]);
    cluster.recordFailure = undefined;
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 5, step: 1 });
    expect(cluster.records).toHaveLength(1);
  });

  it("leads those behind one that it cannot lead, and does not pass for somebody who leads", async () => {
    cluster.data = { a: hybrid, b: prefetch };
    cluster.unwritable = "a";
    await expect(lead()).rejects.toThrow("1 of 2 rollouts could not be led");
    expect([cluster.status("a"), cluster.status("b")]).toEqual([undefined, expect.objectContaining({ weight: 5 })]);
    expect(cluster.events).toContain("RolloutNotLed");
    cluster.unwritable = undefined;
    await lead();
    expect(cluster.status("a")).toMatchObject({ weight: 5 });
  });

  it("leads those behind one whose text no reader can take, and shows that one as invalid", async () => {
    cluster.data = { a: `${hybrid}description: *nothing\n`, b: prefetch };
    await lead();
    expect(cluster.status("b")).toMatchObject({ weight: 5 });
    expect(await invalid()).toEqual(['rollout_invalid{rollout="a"} 1']);
  });

  it("tells a problem once while it lasts, and again when it comes back", async () => {
    const wrong = hybrid.replace("owner", "owned");
    for (const text of [wrong, wrong, hybrid, wrong]) {
      cluster.data["hybrid"] = text;
      await lead();
    }
    expect(cluster.events.filter((reason) => reason === "RolloutInvalid")).toHaveLength(2);
  });

  it("takes one back as asked though the pods cannot be listed", async () => {
    cluster.data = { hybrid };
    await lead();
    cluster.podFailure = refused(403, "not you");
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 5, phase: "spreading", reason: "The pods cannot be listed: the API server answers 403, not you." });
    cluster.ask("hybrid", "abort");
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 0, phase: "returning" });
  });

  it("lets none begin or be observed while a person has overridden its flag", async () => {
    cluster.data = { hybrid };
    cluster.overrides = { ENABLE_HYBRID_FORECASTING: "false" };
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 0, phase: "waiting", reason: expect.stringContaining("is overridden") });
    cluster.overrides = {};
    await lead();
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 5, phase: "observing" });
    cluster.overrides = { ENABLE_HYBRID_FORECASTING: "false" };
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 5, phase: "spreading", clock: null, reason: expect.stringContaining("is overridden") });
  });

  it("lets one that was edited to another variant begin again only when its window is open", async () => {
    cluster.data = { hybrid };
    await lead();
    const tomorrow = new Date(Date.now() + 36 * 3_600_000).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" }).toLowerCase();
    cluster.data["hybrid"] = `${hybrid.replace('"on"', '"off"')}startWindow: { days: [${tomorrow}], from: "00:00", to: "23:59" }\n`;
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 0, step: 0, phase: "waiting", reason: "Its start window is shut." });
  });

  it("writes nothing once another process holds the lease", async () => {
    cluster.data = { hybrid };
    await leader.lead(() => Promise.resolve(false));
    expect([cluster.version, cluster.records, cluster.events]).toEqual([1, [], []]);
  });

  it("owes one that was removed nothing: a new one of its name is not aborted for it", async () => {
    cluster.data = { hybrid };
    await lead();
    cluster.ask("hybrid", "abort");
    await lead();
    cluster.data = { "hybrid.status": cluster.data["hybrid.status"] ?? "" };
    await lead();
    expect([cluster.data, cluster.annotations]).toEqual([{}, {}]);
    cluster.data = { hybrid };
    await lead();
    expect(cluster.status("hybrid")).toMatchObject({ weight: 5, phase: "spreading" });
  });
});
