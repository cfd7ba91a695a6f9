import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { run } from "@forecast-stack/local/run.ts";
import { dashboardProblems } from "../support/dashboard-problems.ts";
import { cutPower, startAgain } from "../support/power.ts";
import { readSecret } from "@forecast-stack/local/stack/backend.ts";
import { ForecastApi } from "@forecast-stack/local/stack/forecast-job.ts";
import { serviceImage } from "../support/service-image.ts";
import { Load } from "../support/load.ts";
import { repository, TestStack } from "../support/test-stack.ts";

const MINUTE = 60_000;
const ITEMS = 127;
const BATCHES = 7;

/** Makes a run last long enough that a fault falls into the middle of it, and shows the health job's results in a minute instead of five. */
const SLOW_RUNS = { "forecast-stack:serviceEnvironment": { STREAMING_BATCH_DELAY_MS: "2000", CRON_HEALTH_CHECK: "* * * * *" } };

/** One stack for all: each test leaves it healthy for the next. */
describe("the stack", () => {
  let stack: TestStack;
  let api: ForecastApi;
  let url: string;
  let token: string;

  beforeAll(async () => {
    stack = await TestStack.create("e2e");
    const result = await stack.up(SLOW_RUNS);
    expect(result.output).toContain("created");
    expect(result.ok).toBe(true);
    url = await stack.serviceUrl("api", 4000);
    token = await readSecret("e2e", "serviceToken");
    api = new ForecastApi(url, token);
    await api.ready();
  }, 8 * MINUTE);

  afterAll(() => stack.remove(), 10 * MINUTE);

  it("has every pod ready after one pulumi up, and gives its outputs their documented names", async () => {
    await stack.kubectl(["wait", "pods", "--all", "--for=jsonpath={.status.conditions[?(@.type=='Ready')].status}=True", "--field-selector=status.phase=Running", "--timeout=60s"]);
    const outputs = await stack.outputs();
    expect(Object.keys(outputs).sort()).toEqual(["alertmanagerUrl", "fingerprint", "flagOverrides", "grafanaUrl", "images", "migrations", "namespace", "prometheusUrl", "schemaRange", "schemaVersion", "serviceUrl"]);
    expect(outputs["namespace"]).toBe(stack.namespace);
  });

  it("has nothing left to change, and leaves the checkout's stack files as they are", async () => {
    const before = await readFile(join(repository, "Pulumi.dev.yaml"), "utf8");
    expect(before).not.toContain("encryptionsalt");
    const result = await stack.preview(SLOW_RUNS, ["--expect-no-changes"]);
    expect(result).toMatchObject({ ok: true });
    expect(await readFile(join(repository, "Pulumi.dev.yaml"), "utf8")).toBe(before);
  }, 2 * MINUTE);

  it("forecasts the whole sample catalogue and keeps the result in Postgres", async () => {
    expect(await api.importSample()).toBe(ITEMS);
    const { run: finished, accuracy } = await api.forecast(() => undefined);
    expect(finished).toMatchObject({ status: "completed", progress: { batchesTotal: BATCHES, batchesDone: BATCHES } });
    expect(accuracy.overall.items).toBe(ITEMS);
    expect(await stack.sql("SELECT count(DISTINCT sku) FROM forecasts")).toBe(String(ITEMS));
  }, 5 * MINUTE);

  it("scrapes every target it names", async () => {
    const prometheus = await stack.serviceUrl("prometheus", 9090);
    await until("every target to be up", 2 * MINUTE, async () => {
      const answer = (await (await fetch(`${prometheus}/api/v1/targets`)).json()) as { data: { activeTargets: { health: string; scrapeUrl: string; lastError: string }[] } };
      const down = answer.data.activeTargets.filter(({ health }) => health !== "up");
      if (answer.data.activeTargets.length < 8 || down.length > 0) throw new Error(`down: ${JSON.stringify(down.map(({ scrapeUrl, lastError }) => [scrapeUrl, lastError]))}`);
    });
    const rules = (await (await fetch(`${prometheus}/api/v1/rules`)).json()) as { data: { groups: { rules: { health: string }[] }[] } };
    const states = rules.data.groups.flatMap((group) => group.rules.map(({ health }) => health));
    expect(states.length).toBeGreaterThan(0);
    expect(states.filter((health) => health === "err")).toEqual([]);
  }, 3 * MINUTE);

  it("draws every panel, variable and annotation of every dashboard with data of its unit", async () => {
    expect(await dashboardProblems(stack, url, token)).toEqual([]);
  }, 7 * MINUTE);

  it("loses no request while the service is updated", async () => {
    const load = new Load(`${url}/api/forecasts?limit=5`, 20, token);
    const result = await stack.up({ ...SLOW_RUNS, "forecast-stack:logLevel": "debug" });
    const { requests, failures } = await load.stop();
    expect(result).toMatchObject({ ok: true });
    expect(result.output).toMatch(/Deployment api updated/);
    expect(requests).toBeGreaterThan(100);
    expect(failures).toEqual({});
  }, 5 * MINUTE);

  it("finishes a run, each item exactly once, when Postgres is killed in the middle of it", async () => {
    const before = await stack.kubectl(["get", "pod", "postgres-0", "-o", "jsonpath={.metadata.uid}"]);
    let kill: Promise<string> | undefined;
    let doneWhenKilled = BATCHES;
    const { run: finished } = await api.forecast(({ batchesDone }) => {
      if (kill !== undefined || batchesDone === 0) return;
      doneWhenKilled = batchesDone;
      kill = stack.kubectl(["delete", "pod", "postgres-0", "--grace-period=0", "--force"]);
    });
    await kill;
    expect(doneWhenKilled).toBeLessThan(BATCHES);
    expect(finished).toMatchObject({ status: "completed", progress: { batchesDone: BATCHES } });
    await stack.kubectl(["wait", "pod/postgres-0", "--for=condition=Ready", "--timeout=120s"]);
    expect(await stack.kubectl(["get", "pod", "postgres-0", "-o", "jsonpath={.metadata.uid}"])).not.toBe(before);
    expect(await stack.sql("SELECT count(*) || ' ' || count(DISTINCT sku) FROM forecasts WHERE run_id = (SELECT run_id FROM forecast_runs ORDER BY requested_at DESC LIMIT 1)")).toBe(`${ITEMS} ${ITEMS}`);
  }, 6 * MINUTE);

  it("answers without Redis", async () => {
    await stack.kubectl(["scale", "deployment/redis", "--replicas=0"]);
    await stack.kubectl(["wait", "pod", "-l", "app.kubernetes.io/component=redis", "--for=delete", "--timeout=60s"]);
    const load = new Load(`${url}/api/forecasts?limit=5`, 10, token);
    await until("a hundred answers", MINUTE, async () => {
      if (load.sent < 100) throw new Error(`${load.sent} so far`);
      return Promise.resolve();
    });
    expect((await load.stop()).failures).toEqual({});
    await stack.kubectl(["scale", "deployment/redis", "--replicas=1"]);
    await stack.kubectl(["rollout", "status", "deployment/redis", "--timeout=60s"]);
  }, 4 * MINUTE);

  it("refuses a wrong setting with one clear error, before anything changes", async () => {
    const result = await stack.up({ "forecast-stack:nodeAdress": "typo" });
    expect(result.ok).toBe(false);
    expect(result.output).toContain("nodeAdress");
    expect(result.output).not.toMatch(/(updating|creating|deleting) \(/);
  }, MINUTE);

  it("says within three minutes which pod cannot start and why, while the old version goes on serving", async () => {
    const load = new Load(`${url}/api/forecasts?limit=5`, 5, token);
    // The default leaves a quarter of a minute for all else, in which a busy machine does not even start Pulumi.
    const result = await stack.up({ "forecast-stack:images": { "forecast-service": "forecast-stack.local/forecast-service:no-such-tag" }, "forecast-stack:readyTimeoutSeconds": 120 });
    expect(result.ok).toBe(false);
    expect(result.took).toBeLessThan(3 * MINUTE);
    expect(result.output).toMatch(/no-such-tag/);
    expect(result.output).toMatch(/ErrImagePull|ImagePullBackOff|failed to pull/);
    expect((await load.stop()).failures).toEqual({});
    // Nor did the server that followed the one that was killed come upon another one on its volume: Postgres looks every minute.
    expect(await stack.kubectl(["get", "pod", "postgres-0", "-o", "jsonpath={.status.containerStatuses[0].restartCount}"])).toBe("0");
  }, 5 * MINUTE);

  it("shows the SQL error of a migration that fails, and leaves schema and service as they were", async () => {
    const folder = await mkdtemp(join(tmpdir(), "broken-migration-"));
    await cp(join(repository, "app", "dist"), folder, { recursive: true });
    await writeFile(join(folder, "migrations", "V9.9.9__break.sql"), "-- Kind: expand\n-- Undo: U9.9.9__break.sql\nALTER TABLE table_that_is_not_there ADD COLUMN x integer;\n");
    await writeFile(join(folder, "migrations", "U9.9.9__break.sql"), "SELECT 1;\n");
    const image = await serviceImage(folder);
    await rm(folder, { recursive: true });
    const load = new Load(`${url}/api/forecasts?limit=5`, 5, token);
    const result = await stack.up({ "forecast-stack:images": { "forecast-service": image } });
    expect(result.ok).toBe(false);
    expect(result.output).toMatch(/relation "table_that_is_not_there" does not exist/);
    expect((await load.stop()).failures).toEqual({});
    expect(await stack.sql("SELECT count(*) FROM schema_version WHERE version = '9.9.9' AND success")).toBe("0");
  }, 5 * MINUTE);

  it("completes an update during which the cluster was stopped and started again", async () => {
    const lines: string[] = [];
    const update = stack.up({ "forecast-stack:logLevel": "warn" }, (line) => lines.push(line));
    await until("the update of the pods", 3 * MINUTE, async () => {
      if (!lines.some((line) => /Deployment (api|worker) updating/.test(line))) throw new Error(`so far:\n${lines.join("\n")}`);
      return Promise.resolve();
    });
    await run(process.execPath, [join(repository, "local", "stop.ts")]);
    await update;
    await startAgain();
    await until("the pods to be back", 3 * MINUTE, () => stack.kubectl(["rollout", "status", "deployment/api", "--timeout=10s"]));
    const repeated = await stack.up({ "forecast-stack:logLevel": "warn" });
    expect(repeated).toMatchObject({ ok: true });
    expect((await stack.preview({ "forecast-stack:logLevel": "warn" }, ["--expect-no-changes"])).ok).toBe(true);
    expect(await stack.sql("SELECT count(DISTINCT sku) FROM forecasts")).toBe(String(ITEMS));
  }, 10 * MINUTE);

  it("comes back with its data after the power was cut", async () => {
    const forecasts = await stack.sql("SELECT count(*) FROM forecasts");
    await cutPower();
    await startAgain();
    // The API server shows the pods as they were before the cut until the kubelet has looked: ask the database itself.
    expect(await until("the database", 3 * MINUTE, () => stack.sql("SELECT count(*) FROM forecasts"))).toBe(forecasts);
    await until("the service", 3 * MINUTE, () => api.ready());
  }, 8 * MINUTE);

  it("forecasts 200 items with no worker above 65 % of its memory", async () => {
    expect(await api.importSample(200)).toBe(200);
    const { run: finished } = await api.forecast(() => undefined);
    expect(finished).toMatchObject({ status: "completed", progress: { itemsTotal: 200 } });
    expect(finished.progress.peakMemoryPercent).toBeLessThan(65);
  }, 5 * MINUTE);

  it("is gone after pulumi destroy, but for the volumes of its data", async () => {
    const before = await stack.volumes();
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await stack.kubectl(["get", "deployments,statefulsets,cronjobs,services,secrets", "-o", "name"])).toBe("");
    expect(before.length).toBeGreaterThan(0);
    expect(await stack.volumes()).toEqual(before);
  }, 8 * MINUTE);
});
