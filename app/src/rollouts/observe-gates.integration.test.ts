import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { startPrometheus, type TestPrometheus } from "@forecast-stack/alerts/test-support/prometheus.ts";
import { judgeLook, type Look } from "@forecast-stack/rollouts/look.ts";
import { readRollout } from "@forecast-stack/rollouts/read-rollout.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Registry } from "prom-client";
import { readConfig } from "../platform/config.ts";
import { Database } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, testEnvironment, type TestService } from "../test-support/test-service.ts";
import { observeGates } from "./observe-gates.ts";

/** How much later the exposed pod hears from its database. */
const DELAY_MS = 60;
/** Requests to each pod between two looks, some at a time; one of five is refused. */
const BURST = 40;
const AT_ONCE = 5;
const ITEMS = "/api/items";

/** The samples of one side: the pods that are given a variant of the flag. */
const side = (samples: string, variant: string): string => `${samples} * on (pod) group_left () feature_flag_variant_info{flag="ENABLE_PREDICTIVE_PREFETCH",variant="${variant}"}`;
const latency = (variant: string): string => `sum by (le) (${side(`increase(http_request_duration_seconds_bucket{route="${ITEMS}",status="200"}[$window])`, variant)})`;
const requests = (matchers: string, variant: string): string => `sum(${side(`increase(http_requests_total{${matchers}}[$window])`, variant)})`;
const share = (variant: string): string => `{ bad: '${requests(`route="${ITEMS}",status="401"`, variant)}', all: '${requests(`route="${ITEMS}"`, variant)}' }`;

const rollout = `flag: ENABLE_PREDICTIVE_PREFETCH
variant: "on"
owner: forecasting
steps: [{ weight: 50, minimumDuration: 1s }, { weight: 100, minimumDuration: 1s }]
gates:
  - { kind: distribution, name: latency, worseBy: 300, spread: 0.5, exposed: '${latency("on")}', control: '${latency("off")}' }
  - { kind: rate, name: refused, worseBy: 300, baseline: 0.2, exposed: ${share("on")}, control: ${share("off")} }
  - { kind: threshold, name: pods, query: 'count(feature_flag_variant_info{flag="ENABLE_PREDICTIVE_PREFETCH",variant="on"})', must: "<= 1" }
`;

function specOf(text: string): RolloutSpec {
  const read = readRollout(definitions, "prefetch", text);
  if (!("spec" in read)) throw new Error(JSON.stringify(read));
  return read.spec;
}

describe("gates that compare two cohorts of pods by what Prometheus has of them", () => {
  let server: TestServer;
  let slow: Server;
  let prometheus: TestPrometheus;
  let database: Database;
  let exposed: TestService;
  let control: TestService;
  let spec: RolloutSpec;

  beforeAll(async () => {
    server = await startTestServer();
    const name = await server.createDatabase();
    const { port } = server.connection("app", name);
    slow = createServer((client) => {
      const upstream = connect(port, "127.0.0.1").on("error", () => client.destroy());
      client.on("error", () => upstream.destroy()).pipe(upstream);
      upstream.on("data", (chunk) => setTimeout(() => client.write(chunk), DELAY_MS)).on("close", () => client.destroy());
    }).listen(0, "127.0.0.1");
    await once(slow, "listening");
    const delayed = String((slow.address() as AddressInfo).port);
    [exposed, control] = await Promise.all([
      startTestService(server, name, "api", { POD_NAME: "exposed", CACHE_TTL_ITEMS: "0", ENABLE_PREDICTIVE_PREFETCH: "true", DB_HOST: "127.0.0.1", DB_PORT: delayed }),
      startTestService(server, name, "api", { POD_NAME: "control", CACHE_TTL_ITEMS: "0", ENABLE_PREDICTIVE_PREFETCH: "false" }),
    ]);
    const targets = Object.entries({ exposed, control }).map(([pod, { service }]) => ({ targets: [`127.0.0.1:${service.port}`], labels: { namespace: "forecast-dev", pod } }));
    prometheus = await startPrometheus({ config: { global: { scrape_interval: "2s", scrape_timeout: "2s" }, scrape_configs: [{ job_name: "api", static_configs: targets }] } });
    database = new Database(readConfig(testEnvironment(server, name)), createMetrics(new Registry(), ["api"]), createLog({ level: "fatal", role: "api", version: "test" }), "gates-test");
    spec = specOf(rollout);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([exposed.stop(), control.stop()]);
    await Promise.all([prometheus.close(), database.close()]);
    slow.close();
    await server.remove();
  });

  const look = async (since: Date, asked = spec): Promise<Look> => {
    const [step] = asked.steps;
    if (step === undefined) throw new Error("the rollout has no step");
    return judgeLook(await observeGates({ database, prometheusUrl: prometheus.url, namespace: "forecast-dev" }, { spec: asked, step, since, now: new Date() }));
  };
  const burst = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += AT_ONCE) {
      await Promise.all([exposed, control].flatMap((pod) => Array.from({ length: AT_ONCE }, (_, index) => pod.send("GET", ITEMS, index === 0 ? { token: null } : {}))));
    }
  };

  it("holds while samples are missing, then sees the cohort that is slower, and that its errors are as many", async () => {
    // A series that appears has no increase yet: each answers once in both ways before the step begins.
    await burst(AT_ONCE);
    await eventually(async () => expect(await prometheus.query(`http_requests_total{route="${ITEMS}"}`)).toHaveLength(4));
    const since = new Date();
    expect(await look(since)).toMatchObject({ verdict: "no-data" });
    const seen = await eventually(async () => {
      await burst(BURST);
      const now = await look(since);
      if (now.verdict === "no-data") throw new Error(JSON.stringify(now.gates));
      return now;
    }, 60_000);
    const verdicts = Object.fromEntries(seen.gates.map(({ gate, judgement }) => [gate.name, judgement]));
    expect(verdicts["latency"]).toMatchObject({ verdict: "fail", test: { test: expect.stringContaining("Mann") } });
    expect(verdicts["refused"]).toMatchObject({ verdict: "pass", test: { test: expect.stringContaining("proportions") } });
    expect(verdicts["pods"]).toMatchObject({ verdict: "pass" });
  }, 120_000);

  it("takes a count that has no end or is no number for an error, never for good news", async () => {
    const endless = specOf(rollout.replace(share("on"), `{ bad: 'count(up) / 0', all: 'count(up)' }`).replace(latency("on"), "sum by (le) (0 * http_request_duration_seconds_bucket / 0)"));
    await eventually(async () => expect(await prometheus.query("http_request_duration_seconds_bucket")).not.toHaveLength(0));
    const seen = await look(new Date(Date.now() - 60_000), endless);
    expect(seen.verdict).toBe("error");
    expect(seen.gates.slice(0, 2).map(({ judgement }) => judgement)).toEqual([{ verdict: "error", statement: "A value is NaN, which cannot be compared" }, { verdict: "error", statement: "A value is Infinity, which cannot be compared" }]);
  }, 60_000);
});
