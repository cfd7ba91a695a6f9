import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlagMap } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { flagdDocument } from "@forecast-stack/flags/flagd-document.ts";
import { FlagMapServer } from "@forecast-stack/flags/test-support/flag-map-server.ts";
import { soon } from "@forecast-stack/flags/test-support/soon.ts";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Registry } from "prom-client";
import { eventually } from "../test-support/eventually.ts";
import { readConfig } from "./config.ts";
import { FlagSources } from "./flag-sources.ts";
import { Flags } from "./flags.ts";
import { createLog } from "./log.ts";

const documentOf = (environment: "dev" | "production") => ({ "flags.json": JSON.stringify(flagdDocument(definitions, environment)) });
const hybrid = (weight: number) => ({ hybrid: "flag: ENABLE_HYBRID_FORECASTING\nvariant: off\n", "hybrid.status": `weight: ${weight}\n` });

let stop: () => Promise<void>;
/** The flags of a process with these variables, and what it shows. */
function newProcess(variables: Record<string, string>, server?: FlagMapServer) {
  const metrics = createMetrics(new Registry(), ["worker"]);
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: "info", role: "worker", version: "test", destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } });
  const config = readConfig(variables);
  const flags = new Flags(config, metrics);
  const cluster = server === undefined ? {} : { cluster: () => Promise.resolve({ kubeConfig: server.kubeConfig, namespace: server.namespace }) };
  const sources = new FlagSources({ config, flags, metrics, log, ...cluster });
  stop = () => sources.stop();
  return {
    sources,
    flags,
    said: (msg: string, map?: FlagMap) => lines.filter((line) => line["msg"] === msg && (map === undefined || line["map"] === map)).length,
    age: async () => {
      await sources.observe();
      return (await metrics.feature_flags_age_seconds.get()).values[0]?.value;
    },
    problems: async () => (await metrics.feature_flag_problems_total.get()).values.filter(({ value }) => value > 0).map(({ labels, value }) => [labels.map, labels.kind, value]),
    ignored: async (): Promise<Record<string, number>> => Object.fromEntries((await metrics.feature_flag_entries_ignored.get()).values.map(({ labels, value }) => [String(labels.map), value])),
  };
}

describe("flags in a cluster", () => {
  let server: FlagMapServer;
  let aheadMs = 0;

  beforeEach(async () => {
    server = await FlagMapServer.start();
    server.set("definitions", documentOf("dev"));
    server.set("overrides", {});
    server.set("rollouts", {});
    aheadMs = 0;
    const now = Date.now.bind(Date);
    jest.spyOn(Date, "now").mockImplementation(() => now() + aheadMs);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stop();
    await server.stop();
  });
  const inCluster = async (variables: Record<string, string> = {}) => {
    const pod = newProcess({ KUBERNETES_SERVICE_HOST: "127.0.0.1", ...variables }, server);
    await pod.sources.start();
    return pod;
  };

  it("grow old from the start of a process that the API server never answers", async () => {
    for (const map of ["definitions", "overrides", "rollouts"] as const) server.refuse(map);
    const { age } = await inCluster();
    await soon(() => expect(server.refusals("overrides")).toBeGreaterThan(0));
    expect(await age()).toBeLessThan(10);
    aheadMs = 300_000;
    expect(await age()).toBeGreaterThanOrEqual(300);
  });

  it("grow old as long as one of the maps cannot be read, and are young once all were", async () => {
    server.refuse("rollouts");
    const { age, flags } = await inCluster();
    server.set("overrides", { CROSS_DOCK_ENABLED: "false" });
    await eventually(async () => expect(await flags.value("CROSS_DOCK_ENABLED")).toBe(false));
    aheadMs = 300_000;
    expect(await age()).toBeGreaterThanOrEqual(300);
    server.allow("rollouts");
    // The other two were confirmed before the clock went ahead.
    server.forget();
    await eventually(async () => expect(await age()).toBeLessThan(10));
  });

  it("tell a wrong override once for as long as it lasts: counted, logged and as an Event on its ConfigMap", async () => {
    const sentence = 'CROSS_DOCK_ENABLED is "yes": it must be true or false.';
    const { flags, problems, ignored, said } = await inCluster();
    server.set("overrides", { CROSS_DOCK_ENABLED: "yes" });
    await soon(() => expect(server.events).toHaveLength(1));
    expect(server.events[0]).toMatchObject({ reason: "FlagIgnored", message: sentence, involvedObject: { kind: "ConfigMap", name: "feature-flag-overrides", namespace: server.namespace } });
    server.set("overrides", { CROSS_DOCK_ENABLED: "yes", ML_MODEL_ENABLED: "false" });
    await eventually(async () => expect(await flags.value("ML_MODEL_ENABLED")).toBe(false));
    expect([await problems(), await ignored(), said(sentence)]).toEqual([[["overrides", "wrong-value", 1]], { definitions: 0, overrides: 1, rollouts: 0 }, 1]);
    server.set("overrides", { ML_MODEL_ENABLED: "true" });
    await eventually(async () => expect((await ignored())["overrides"]).toBe(0));
    server.set("overrides", { CROSS_DOCK_ENABLED: "yes" });
    await soon(() => expect(server.events).toHaveLength(2));
    expect([await problems(), said(sentence)]).toEqual([[["overrides", "wrong-value", 2]], 2]);
  });

  it("hold what the maps of definitions and rollouts held last when these are deleted, and follow them when they are back", async () => {
    server.set("definitions", documentOf("production"));
    server.set("rollouts", { ...hybrid(0), packing: "flag: BIN_OPTIMIZATION_ALGORITHM\nvariant: bfd\n", "packing.status": "weight: 100" });
    const { flags, problems, ignored } = await inCluster();
    const values = async () => [await flags.value("STREAMING_BATCH_DELAY_MS"), await flags.value("BIN_OPTIMIZATION_ALGORITHM")];
    await eventually(async () => expect(await values()).toEqual([500, "BFD"]));
    server.delete("definitions");
    server.delete("rollouts");
    await eventually(async () => expect(await ignored()).toEqual({ definitions: 1, overrides: 0, rollouts: 1 }));
    expect(await problems()).toEqual([["definitions", "missing", 1], ["rollouts", "missing", 1]]);
    expect(await values()).toEqual([500, "BFD"]);
    server.set("definitions", documentOf("dev"));
    server.set("rollouts", {});
    await eventually(async () => expect(await values()).toEqual([300, "HYBRID"]));
    expect(await ignored()).toEqual({ definitions: 0, overrides: 0, rollouts: 0 });
  });

  it("log every outage of the API server, each once", async () => {
    const sentence = "the API server does not answer; the flags stay as they are";
    server.refuse("overrides");
    const { flags, said } = await inCluster();
    await soon(() => expect(server.refusals("overrides")).toBeGreaterThan(2));
    expect(said(sentence, "overrides")).toBe(1);
    server.allow("overrides");
    server.set("overrides", { CROSS_DOCK_ENABLED: "false" });
    await eventually(async () => expect(await flags.value("CROSS_DOCK_ENABLED")).toBe(false));
    aheadMs = 120_000;
    server.refuse("overrides");
    server.forget();
    await soon(() => expect(server.refusals("overrides")).toBeGreaterThan(1));
    expect(said(sentence, "overrides")).toBe(2);
    expect(said(sentence, "rollouts")).toBe(0);
  });

  it("have an Event of what was wrong in a mounted map already, and count it once", async () => {
    const directory = await mkdtemp(join(tmpdir(), "flags-"));
    try {
      await mkdir(join(directory, "overrides"));
      await writeFile(join(directory, "overrides", "CROSS_DOCK_ENABLED"), "yes");
      server.set("overrides", { CROSS_DOCK_ENABLED: "yes" });
      const { problems } = await inCluster({ FEATURE_FLAGS_DIRECTORY: directory });
      await soon(() => expect(server.events).toHaveLength(1));
      expect(await problems()).toEqual([["overrides", "wrong-value", 1]]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("are those of the mounted maps as soon as a process has started, also while the API server does not answer", async () => {
    for (const map of ["definitions", "overrides", "rollouts"] as const) server.refuse(map);
    const directory = await mkdtemp(join(tmpdir(), "flags-"));
    try {
      await mkdir(join(directory, "overrides"));
      await writeFile(join(directory, "overrides", "PREFETCH_TOP_N_QUERIES"), "20");
      await mkdir(join(directory, "rollouts"));
      for (const [key, text] of Object.entries(hybrid(100))) await writeFile(join(directory, "rollouts", key), text);
      const { flags } = await inCluster({ FEATURE_FLAGS_DIRECTORY: directory });
      expect([await flags.value("PREFETCH_TOP_N_QUERIES"), await flags.value("ENABLE_HYBRID_FORECASTING"), await flags.value("CROSS_DOCK_ENABLED")]).toEqual([20, false, true]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe("flags outside Kubernetes", () => {
  let folder: string;

  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "flags-"))));
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });

  it("follow a file without a restart, keep their values while it cannot be read, and have no age", async () => {
    const file = join(folder, "flags.yaml");
    await writeFile(file, "overrides: { CROSS_DOCK_ENABLED: false }\n");
    const { sources, flags, age, said } = newProcess({ FEATURE_FLAGS_FILE: file });
    const become = (crossDock: boolean, queries: number) => eventually(async () => expect([await flags.value("CROSS_DOCK_ENABLED"), await flags.value("PREFETCH_TOP_N_QUERIES")]).toEqual([crossDock, queries]));
    await sources.start();
    await become(false, 50);
    await writeFile(file, "overrides: { PREFETCH_TOP_N_QUERIES: 20 }\n");
    await become(true, 20);
    await writeFile(`${file}.new`, "overrides: [\n");
    await rename(`${file}.new`, file);
    await soon(() => expect(said("the file of the flags was not understood; the flags stay as they are")).toBeGreaterThan(0));
    expect(await flags.value("PREFETCH_TOP_N_QUERIES")).toBe(20);
    await rm(file);
    await become(true, 50);
    expect(await age()).toBeUndefined();
  });
});
