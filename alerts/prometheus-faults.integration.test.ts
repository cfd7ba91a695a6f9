import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { renderRuleGroups, type RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { allRuleGroups } from "./all-rule-groups.ts";
import { eventually, startAlertmanager, type TestAlertmanager } from "./test-support/alertmanager.ts";
import { type PrometheusOptions, startPrometheus, type TestPrometheus } from "./test-support/prometheus.ts";

const MINUTE = 60_000;

/** The product's rules, but that they hold for a second: what takes minutes is not worth waiting for. */
const impatient: readonly RuleGroup[] = allRuleGroups.map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule, for: "1s" })) }));
const rules = renderRuleGroups(impatient, { runbooks: "", dashboards: "" });
const labels = (pod: string) => ({ namespace: "forecast-dev", pod });

describe("Prometheus with the product's rules", () => {
  let target: Server;
  let text: string;
  let alertmanager: TestAlertmanager | undefined;
  let prometheus: TestPrometheus | undefined;

  beforeEach(async () => {
    text = "pg_up 1\n";
    target = createServer((_request, response) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text)).listen(0, "127.0.0.1");
    await once(target, "listening");
  });
  afterEach(async () => {
    await prometheus?.close();
    await alertmanager?.close();
    target.closeAllConnections();
    target.close();
    prometheus = alertmanager = undefined;
  });

  async function start(options: Pick<PrometheusOptions, "disk" | "flags" | "lookback"> = {}): Promise<TestPrometheus> {
    const address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      alerting: { alertmanagers: alertmanager === undefined ? [] : [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
      scrape_configs: [{ job_name: "postgres-exporter", static_configs: [{ targets: [address], labels: labels("postgres-exporter-0") }] }],
    };
    prometheus = await startPrometheus({ config, rules, ...options });
    return prometheus;
  }
  /** What fires, as Prometheus itself says. */
  const firing = async ({ url }: TestPrometheus): Promise<string[]> => {
    const { data } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as { data: { alerts: { state: string; labels: Record<string, string> }[] } };
    return data.alerts.filter(({ state }) => state === "firing").map((alert) => alert.labels["alertname"] ?? "");
  };
  const fires = (server: TestPrometheus, alert: string): Promise<void> => eventually(async () => expect(await firing(server)).toContain(alert));
  const ends = (server: TestPrometheus, alert: string): Promise<void> => eventually(async () => expect(await firing(server)).not.toContain(alert));
  const known = (server: TestPrometheus, expression: string): Promise<void> => eventually(async () => expect((await server.query(expression)).length).toBeGreaterThan(0));

  it("goes on after it was killed: what it knew is there, and what was wrong is told again", async () => {
    alertmanager = await startAlertmanager({ route: { receiver: "none" }, receivers: [{ name: "none" }] });
    // What is sent before Alertmanager is found, five seconds after the start, is sent again soon.
    const server = await start({ flags: ["--rules.alert.resend-delay=5s"] });
    text = "pg_up 0\n";
    await fires(server, "PostgresDown");
    const before = (await server.query("count_over_time(pg_up[1h])"))[0]?.value[1];
    await server.restart();
    await fires(server, "PostgresDown");
    expect(Number((await server.query("count_over_time(pg_up[1h])"))[0]?.value[1])).toBeGreaterThanOrEqual(Number(before));
    const told = alertmanager;
    await eventually(async () => expect((await told.alerts()).map((alert) => alert.labels["alertname"])).toEqual(expect.arrayContaining(["PostgresDown", "Watchdog"])));
    text = "pg_up 1\n";
    await ends(server, "PostgresDown");
  }, 2 * MINUTE);

  it("says that a target is gone, and knows nothing of what it told: neither well nor down", async () => {
    const server = await start();
    await known(server, "pg_up == 1");
    target.closeAllConnections();
    target.close();
    await fires(server, "TargetDown");
    expect(await server.query("pg_up")).toEqual([]);
    expect(await firing(server)).not.toContain("PostgresDown");
  }, MINUTE);

  it("leaves out samples with wrong timestamps, counts them and keeps all others of the target", async () => {
    const server = await start();
    await known(server, "pg_up");
    const [past, future] = [Date.now() - 86_400_000, Date.now() + 86_400_000];
    text = `pg_up 1\nredis_memory_used_bytes 5 ${past}\nredis_memory_max_bytes 5 ${future}\n`;
    await eventually(async () => expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^prometheus_target_scrapes_sample_out_of_bounds_total [1-9]/m));
    expect(await server.query('up{job="postgres-exporter"} == 1')).toHaveLength(1);
    expect([await server.query("redis_memory_used_bytes"), await server.query("redis_memory_max_bytes")]).toEqual([[], []]);
    expect(await server.query("pg_up == 1")).toHaveLength(1);
  }, MINUTE);

  it("survives a full disk, says that it measures nothing, and measures again when there is room", async () => {
    const server = await start({ disk: "1m", lookback: 5 });
    await known(server, "pg_up");
    await ends(server, "NothingMeasured");
    // Each scrape brings new series, which fill the journal.
    let scrape = 0;
    const small = text;
    const grow = setInterval(() => {
      scrape += 1;
      text = `${small}${Array.from({ length: 3_000 }, (_, index) => `filling{scrape="${scrape}",of="${index}"} 1\n`).join("")}`;
    }, 500);
    try {
      await fires(server, "NothingMeasured");
    } finally {
      clearInterval(grow);
    }
    expect(server.log()).toMatch(/no space left on device/);
    // The rules go on, and with them the heartbeat: it is not the way to notice this.
    expect(await firing(server)).toContain("Watchdog");
    expect((await fetch(`${server.url}/-/healthy`)).status).toBe(200);
    expect(await server.query("pg_up")).toEqual([]);
    text = small;
    await server.enlarge("64m");
    await known(server, "pg_up == 1");
    await ends(server, "NothingMeasured");
  }, 2 * MINUTE);
});
