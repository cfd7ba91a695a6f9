import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { type FlagMapContent, flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import type { FlagChange } from "@forecast-stack/flags/flag-history.ts";
import type { FlagDefinition } from "@forecast-stack/flags/flag-definition.ts";
import { FlagSet } from "@forecast-stack/flags/flag-set.ts";
import { parseFlagText } from "@forecast-stack/flags/flag-text.ts";
import { FlagWatch } from "@forecast-stack/flags/flag-watch.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { CommandError } from "@forecast-stack/local/run.ts";
import { CutLine } from "../support/cut-line.ts";
import { startForecastctl } from "../support/forecastctl.ts";
import { TestStack } from "../support/test-stack.ts";

const MINUTE = 60_000;
const NAME = "e2e-flags";
/** The namespace of something to compare with. */
const OTHER = "forecast-e2e-flags-other";
const SETTINGS = {
  "forecast-stack:redis": { enabled: false },
  "forecast-stack:monitoring": { storage: "1Gi", retention: "1d", discovery: "dns", nodeExporter: false, kubeStateMetrics: false },
};

/** One stack for all: each test leaves it without overrides for the next. */
describe("the flags of a stack", () => {
  let stack: TestStack;
  let kubeConfig: KubeConfig;
  let core: CoreV1Api;

  const patch = (data: Record<string, string | null>, map: keyof typeof flagConfigMaps = "overrides") => stack.kubectl(["patch", "configmap", flagConfigMaps[map], "--type=merge", "--patch", JSON.stringify({ data })]);
  const refusal = (attempt: Promise<string>) =>
    attempt.then(
      () => "",
      (error: unknown) => (error instanceof CommandError ? error.output : String(error)),
    );
  const forecastctl = (...args: string[]) => startForecastctl(args).ended;
  /** The changes of a flag's override, the oldest first. */
  const history = async (flag: string) => (JSON.parse((await forecastctl("flags", "history", flag, "--stack", NAME, "--json", "--limit", "2000")).output) as FlagChange[]).filter(({ map }) => map === "overrides").reverse();
  const overrides = async () => (await core.readNamespacedConfigMap({ name: flagConfigMaps.overrides, namespace: stack.namespace })).data ?? {};

  /** The running pods of the service, each with its address and the number of times that it was started again. */
  const pods = async () => {
    const { items } = JSON.parse(await stack.kubectl(["get", "pods", "--selector", "app.kubernetes.io/component in (api, worker)", "--field-selector", "status.phase=Running", "-o", "json"])) as { items: { metadata: { name: string; deletionTimestamp?: string }; status: { podIP: string; containerStatuses: { restartCount: number }[] } }[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata, status }) => ({ name: metadata.name, address: status.podIP, restarts: status.containerStatuses[0]?.restartCount }));
  };
  const revisionOf = async (address: string) => /^feature_flags_revision_info\{revision="(\w+)"\} 1$/m.exec(await (await fetch(`http://${address}:4000/metrics`)).text())?.[1];
  /** The revision by which a process answers when these are the overrides. */
  const revisionWith = (data: FlagMapContent["data"]) => {
    const flags = new FlagSet({ definitions, environment: "dev", variables: {} });
    flags.take("overrides", { data, annotations: {} });
    return flags.revision;
  };
  const everyPodAnswersWith = async (data: FlagMapContent["data"]) => {
    const wanted = revisionWith(data);
    await until("every pod to answer by the same flags", MINUTE, async () => {
      const revisions = await Promise.all((await pods()).map(({ address }) => revisionOf(address)));
      if (revisions.length < 4 || revisions.some((revision) => revision !== wanted)) throw new Error(`they answer by ${revisions.join(", ")} instead of ${wanted}`);
    });
  };

  const eventually = (what: string, check: () => void) =>
    until(what, MINUTE, async () => {
      check();
      return Promise.resolve();
    });

  beforeAll(async () => {
    stack = await TestStack.create(NAME);
    expect(await stack.up(SETTINGS)).toMatchObject({ ok: true });
    kubeConfig = new KubeConfig();
    kubeConfig.loadFromDefault();
    core = kubeConfig.makeApiClient(CoreV1Api);
  }, 8 * MINUTE);
  afterAll(() => stack.remove(), 10 * MINUTE);

  it("change in every pod by a kubectl patch, without a restart, and nobody is named for it", async () => {
    const before = await pods();
    await everyPodAnswersWith({});
    await patch({ CROSS_DOCK_ENABLED: "false" });
    await everyPodAnswersWith({ CROSS_DOCK_ENABLED: "false" });
    expect(await pods()).toEqual(before);
    await until("the history", MINUTE, async () => expect((await history("CROSS_DOCK_ENABLED"))[0]).toMatchObject({ before: null, after: "false", by: "unknown", tool: "kubectl-patch" }));
    await patch({ CROSS_DOCK_ENABLED: null });
  }, 3 * MINUTE);

  it("are refused at the door in one sentence, and nothing of a refused change is written", async () => {
    expect(await refusal(patch({ NO_SUCH_FLAG: "true", CROSS_DOCK_ENABLED: "true" }))).toContain("There is no flag NO_SUCH_FLAG. The flags are ");
    expect(await refusal(patch({ CROSS_DOCK_ENABLED: "yes" }))).toContain('CROSS_DOCK_ENABLED is "yes": it must be true or false.');
    expect(await refusal(patch({ STREAMING_BATCH_DELAY_MS: "600001" }))).toContain('STREAMING_BATCH_DELAY_MS is "600001": it must be a number from 0 to 600000.');
    expect(await refusal(patch({ BIN_OPTIMIZATION_ALGORITHM: "ZFD" }))).toContain('BIN_OPTIMIZATION_ALGORITHM is "ZFD": it must be FFD, BFD, HYBRID.');
    expect(await refusal(patch({ hybrid: "flag: NO_SUCH_FLAG\nvariant: on\n" }, "rollouts"))).toContain("The rollout hybrid is of a flag that does not exist.");
    const asBoss = JSON.stringify({ metadata: { annotations: { "flags.forecast-stack/CROSS_DOCK_ENABLED": JSON.stringify({ by: "the boss", value: "true", at: new Date().toISOString() }) } } });
    expect(await refusal(stack.kubectl(["patch", "configmap", flagConfigMaps.overrides, "--type=merge", "--patch", asBoss]))).toContain("A note on an override must be in the name of who writes it");
    const askedByBoss = JSON.stringify({ metadata: { annotations: { "rollouts.forecast-stack/hybrid": JSON.stringify({ by: "the boss", id: "1", action: "abort", reason: "because", at: new Date().toISOString() }) } } });
    expect(await refusal(stack.kubectl(["patch", "configmap", flagConfigMaps.rollouts, "--type=merge", "--patch", askedByBoss]))).toContain("A request of a rollout must be in the name of who writes it");
    // A path in a reason spells no second name.
    expect(await forecastctl("flags", "set", "CROSS_DOCK_ENABLED", "false", "--stack", NAME, "--reason", String.raw`as in C:\users\plan`, "--dry-run")).toMatchObject({ code: 0 });
    const large = core.patchNamespacedConfigMap({ name: flagConfigMaps.rollouts, namespace: stack.namespace, body: { data: { large: "x".repeat(1_100_000) } } }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
    await expect(large).rejects.toThrow("1048576");
    expect(await overrides()).toEqual({});
  }, MINUTE);

  it("take at the door what every process takes, and nothing else", async () => {
    const texts = ["true", " false\n", "True", "1", "", " ", "0", "-0", "007", "3.5", ".5", "5.", "-1", "1e3", "0x10", "+5", "NaN", "Infinity", "29", "30", "1000.01", "600000", "600001", "99999999999999999999", "FFD", "ffd", " HYBRID ", "ZFD"];
    const taken = (data: Record<string, string>) =>
      core.patchNamespacedConfigMap({ name: flagConfigMaps.overrides, namespace: stack.namespace, dryRun: "All", body: { data } }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch)).then(
        () => true,
        (error: unknown) => {
          expect(String(error)).toMatch(/must be/);
          return false;
        },
      );
    for (const [name, flag] of Object.entries<FlagDefinition>(definitions)) {
      const atTheDoor = await Promise.all(texts.map((text) => taken({ [name]: text })));
      expect([name, texts.filter((_, index) => atTheDoor[index])]).toEqual([name, texts.filter((text) => "value" in parseFlagText(flag, text))]);
    }
  }, 2 * MINUTE);

  it("are shown, turned and compared by the command line", async () => {
    const here = ["--stack", NAME];
    expect(await forecastctl("flags", "set", "PREFETCH_TOP_N_QUERIES", "20", ...here, "--reason", "to look", "--dry-run")).toMatchObject({ code: 0, output: expect.stringMatching(/^Would change the override of PREFETCH_TOP_N_QUERIES in e2e-flags: none → 20 \(as .+\)\n$/) });
    expect(await overrides()).toEqual({});
    expect(await forecastctl("flags", "set", "PREFETCH_TOP_N_QUERIES", "20", ...here, "--reason", "to look")).toMatchObject({ code: 0 });
    expect(await forecastctl("flags", "list", ...here)).toMatchObject({ code: 0, output: expect.stringMatching(/PREFETCH_TOP_N_QUERIES +20 +override +forecasting/) });
    expect(await forecastctl("flags", "get", "PREFETCH_TOP_N_QUERIES", ...here)).toMatchObject({ code: 0, output: expect.stringContaining("to look") });
    expect(await forecastctl("flags", "get", "PREFETCH_TOP", ...here)).toMatchObject({ code: 1, output: expect.stringContaining("PREFETCH_TOP") });
    await stack.kubectl(["create", "namespace", OTHER]);
    try {
      for (const map of Object.values(flagConfigMaps)) {
        const { data = {} } = await core.readNamespacedConfigMap({ name: map, namespace: stack.namespace });
        const entries = map === flagConfigMaps.overrides ? [] : Object.entries(data);
        await stack.kubectl(["create", "configmap", map, `--namespace=${OTHER}`, ...entries.map(([key, text]) => `--from-literal=${key}=${text}`)]);
      }
      const different = JSON.parse((await forecastctl("flags", "diff", NAME, OTHER.replace("forecast-", ""), "--json")).output) as { flag: string }[];
      expect(different).toMatchObject([{ flag: "PREFETCH_TOP_N_QUERIES", [NAME]: { value: 20, source: "override" }, [OTHER.replace("forecast-", "")]: { value: 50 } }]);
    } finally {
      await stack.kubectl(["delete", "namespace", OTHER, "--wait=false"]);
    }
    expect(await forecastctl("flags", "unset", "PREFETCH_TOP_N_QUERIES", ...here, "--reason", "seen")).toMatchObject({ code: 0 });
    expect(await overrides()).toEqual({});
  }, 2 * MINUTE);

  it("may be written by a team with the Role, and nothing else may", async () => {
    await stack.kubectl(["create", "rolebinding", "warehouse-team", "--role=feature-flag-editor", "--group=warehouse"]);
    const may = async (verb: string, what: string) => (await refusal(stack.kubectl(["auth", "can-i", verb, what, "--as=alex", "--as-group=warehouse"]))) === "";
    expect(await Promise.all([may("patch", "configmaps/feature-flag-overrides"), may("update", "configmaps/feature-flag-overrides"), may("get", "configmaps/feature-flags")])).toEqual([true, true, true]);
    const refused = [may("patch", "configmaps/feature-flags"), may("patch", "configmaps/feature-flag-rollouts"), may("patch", "configmaps/prometheus"), may("create", "configmaps"), may("delete", "configmaps/feature-flag-overrides"), may("get", "secrets"), may("create", "pods/exec")];
    expect(await Promise.all(refused)).toEqual(refused.map(() => false));
    await stack.kubectl(["patch", "configmap", flagConfigMaps.overrides, "--type=merge", "--patch", '{"data":{"SKU_AFFINITY_ENABLED":"true"}}', "--as=alex", "--as-group=warehouse"]);
    await patch({ SKU_AFFINITY_ENABLED: null });
  }, MINUTE);

  it("end by themselves when they were set for a time, and the history says who set them and what took them away", async () => {
    const me = await stack.kubectl(["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"]);
    const set = await forecastctl("flags", "set", "ML_MODEL_ENABLED", "false", "--stack", NAME, "--for", "5s", "--reason", "to see it end");
    expect(set).toMatchObject({ code: 0 });
    await until("the end of the override", MINUTE, async () => expect(await overrides()).toEqual({}));
    await until("the history", MINUTE, async () => {
      expect((await history("ML_MODEL_ENABLED")).slice(-2)).toMatchObject([
        { after: "false", by: me, reason: "to see it end", tool: "forecastctl" },
        { before: "false", after: null, by: `system:serviceaccount:${stack.namespace}:forecast-worker`, reason: "the time that it was set for is over" },
      ]);
    });
  }, 2 * MINUTE);

  it("keep every one of 1,000 quick writes in their history, and end with the last in every pod", async () => {
    for (let value = 1; value <= 1_000; value += 1) {
      await core.patchNamespacedConfigMap({ name: flagConfigMaps.overrides, namespace: stack.namespace, body: { data: { STREAMING_BATCH_DELAY_MS: String(value) } } }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
    }
    await everyPodAnswersWith({ STREAMING_BATCH_DELAY_MS: "1000" });
    await until("the history", 2 * MINUTE, async () => {
      const values = (await history("STREAMING_BATCH_DELAY_MS")).map(({ after }) => Number(after));
      expect(values).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    });
    expect(await forecastctl("flags", "history", "--verify", "--stack", NAME)).toMatchObject({ code: 0, output: expect.stringContaining("whole") });
  }, 5 * MINUTE);

  it("stay as they are while their map is gone or unreadable, and follow it when it is back", async () => {
    const held = { STREAMING_BATCH_DELAY_MS: "1000" };
    await stack.kubectl(["delete", "configmap", flagConfigMaps.overrides]);
    const text = (await core.readNamespacedConfigMap({ name: flagConfigMaps.definitions, namespace: stack.namespace })).data?.["flags.json"] ?? "";
    await patch({ "flags.json": '{\n  "flags": {,\n}' }, "definitions");
    await until("an Event that names the line", MINUTE, async () => expect(await stack.kubectl(["get", "events", "--field-selector", "reason=FlagIgnored", "-o", "jsonpath={.items[*].message}"])).toContain("flags.json is no flagd document: line 2"));
    await everyPodAnswersWith(held);
    await patch({ "flags.json": text }, "definitions");
    await stack.kubectl(["create", "configmap", flagConfigMaps.overrides, "--from-literal=CROSS_DOCK_ENABLED=false"]);
    await everyPodAnswersWith({ CROSS_DOCK_ENABLED: "false" });
    await until("the history", MINUTE, async () => expect(await forecastctl("flags", "history", "--verify", "--stack", NAME)).toMatchObject({ code: 0 }));
    await patch({ CROSS_DOCK_ENABLED: null });
  }, 3 * MINUTE);

  it("stay as they are while the API server cannot be reached, and catch up when it can", async () => {
    const { hostname, port } = new URL(kubeConfig.getCurrentCluster()?.server ?? "");
    const line = await CutLine.to({ host: hostname, port: Number(port) });
    const through = new KubeConfig();
    through.loadFromString(kubeConfig.exportConfig().replaceAll(`${hostname}:${port}`, `${hostname}:${line.port}`));
    const seen: string[] = [];
    let failures = 0;
    const watch = new FlagWatch(through, stack.namespace, {
      onContent: (map, { data }) => (map === "overrides" ? seen.push(data["PREFETCH_TOP_N_QUERIES"] ?? "none") : undefined),
      onGone: () => undefined,
      onFailure: () => (failures += 1),
    });
    watch.start();
    try {
      await eventually("the first look", () => expect(seen).toEqual(["none"]));
      line.cut();
      await patch({ PREFETCH_TOP_N_QUERIES: "10" });
      await eventually("the watch to notice", () => expect(failures).toBeGreaterThan(2));
      const confirmed = watch.confirmedAt ?? 0;
      expect(seen).toEqual(["none"]);
      line.mend();
      await eventually("the watch to catch up", () => expect(seen.at(-1)).toBe("10"));
      // Each map is followed by itself.
      await eventually("all maps to be confirmed", () => expect(watch.confirmedAt).toBeGreaterThan(confirmed));
    } finally {
      await watch.stop();
      line.close();
      await patch({ PREFETCH_TOP_N_QUERIES: null });
    }
  }, 3 * MINUTE);

  it("keep what people turn while an update or a rollback runs", async () => {
    const turnedDuring = async (flag: string, work: (started: () => void) => Promise<unknown>) => {
      let begin: () => void = () => undefined;
      const began = new Promise<void>((resolve) => (begin = resolve));
      let running = true;
      const done = work(begin).finally(() => (running = false));
      // Work that fails before it began says so.
      await Promise.race([began, done]);
      await patch({ [flag]: "false" });
      expect(running).toBe(true);
      return done;
    };
    const generation = () => stack.kubectl(["get", "deployment", "api", "-o", "jsonpath={.metadata.generation}"]);
    expect(await turnedDuring("CROSS_DOCK_ENABLED", (started) => stack.up({ ...SETTINGS, "forecast-stack:logLevel": "debug" }, (line) => (/updating|creating/.test(line) ? started() : undefined)))).toMatchObject({ ok: true });
    expect(await overrides()).toEqual({ CROSS_DOCK_ENABLED: "false" });
    const before = await generation();
    const rolledBack = await turnedDuring("SKU_AFFINITY_ENABLED", async (started) => {
      const rollback = forecastctl("rollback", "--stack", NAME, "--to", "1", "--yes");
      // From then on it waits for new pods of the service.
      await until("the rollback to change the service", 3 * MINUTE, async () => {
        if ((await generation()) === before) throw new Error("it is as it was");
      });
      started();
      return rollback;
    });
    expect(rolledBack).toMatchObject({ code: 0 });
    expect(await overrides()).toEqual({ CROSS_DOCK_ENABLED: "false", SKU_AFFINITY_ENABLED: "false" });
    await everyPodAnswersWith({ CROSS_DOCK_ENABLED: "false", SKU_AFFINITY_ENABLED: "false" });
  }, 10 * MINUTE);
});
