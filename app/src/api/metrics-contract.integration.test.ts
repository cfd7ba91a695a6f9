import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { catalogue, type MetricName } from "@forecast-stack/monitoring/catalogue/catalogue.ts";
import type { MetricDefinition } from "@forecast-stack/monitoring/catalogue/metric-definition.ts";
import { asSuperuser } from "../../embedded/provision.ts";
import { loadSample } from "../../sample/load-sample.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

const definitions = Object.entries(catalogue) as readonly (readonly [string, MetricDefinition])[];
/** What this process emits: the controller of rollouts is one of its own. */
const own = definitions.filter(([, { emittedBy }]) => emittedBy.some((role) => role !== "rollout-controller"));

/** One sample of a scrape. */
interface Sample {
  readonly name: string;
  readonly labels: readonly (readonly [label: string, value: string])[];
}

function samplesOf(text: string): Sample[] {
  return [...text.matchAll(/^([a-z][a-z0-9_]*)(?:\{(.*)\})? \S+$/gm)].map(([, name = "", labels = ""]) => ({
    name,
    labels: [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", value = ""]) => [label, value] as const),
  }));
}

/** The metric that a sample belongs to: a histogram has three series for each set of labels. */
function metricOf(name: string): string {
  const base = name.replace(/_(bucket|sum|count)$/, "");
  return definitions.some(([known, { type }]) => known === base && type === "histogram") ? base : name;
}

/** What has no value above 0 in a service that is well, on a machine without Kubernetes, Redis and backups. */
const elsewhere: Readonly<Record<string, readonly MetricName[]>> = {
  "0 while all is well": ["http_rate_limited_total", "cache_stale_served_total", "cache_stale_cleared_total", "cache_preloads_given_up_total", "database_query_errors_total", "feature_flag_problems_total", "forecast_runs_above_target_total", "forecast_hybrid_reverts_total", "forecast_watchdog_findings_total", "forecast_watchdog_interventions_total", "health_notifications_total", "replenishment_recommendations_critical"],
  "0 while nothing waits": ["forecast_queue_jobs", "forecast_queue_oldest_job_age_seconds"],
  "by schedule or with a mailbox": ["daily_reports_total"],
  "with Redis": ["cache_redis_up", "cache_redis_errors_total"],
  "in Kubernetes, where flags are watched": ["feature_flags_age_seconds", "feature_flag_entries_ignored", "feature_flag_settled_timestamp_seconds"],
  "where backups are made": ["backup_max_age_seconds", "backup_last_success_timestamp_seconds", "backup_size_bytes", "backup_last_verified_timestamp_seconds", "backup_verification_failed"],
};

/** Uses every feature that measures something. */
async function useEverything(service: TestService, sql: (statement: string) => Promise<void>): Promise<void> {
  await loadSample(`http://127.0.0.1:${service.service.port}`, SERVICE_TOKEN);
  await service.run();
  await service.run();
  for (const path of ["/api/forecasts?limit=7", "/api/forecasts?limit=7", "/api/items", "/api/inventory", "/api/inventory/summary", "/no/such/path"]) await service.get(path);
  await service.post("/api/transactions/import", "reference,type,sku,facility,quantity\nof the test,receipt,SKU-0001,main,1\n");
  await service.send("POST", "/api/replenishment/generate");
  await service.send("POST", "/api/auth/login", { token: null, json: { email: "nobody@example.com", password: "not the password" } });
  await sql("INSERT INTO pgboss.job (name, data) VALUES ('health-check', '{}')");
  await eventually(async () => expect((await service.get("/api/health")).body["checks"]).not.toEqual([]));
  // Queries are written to their log every few seconds.
  await eventually(async () => expect(await service.text("/metrics")).toMatch(/^query_log_requests_total [1-9]/m));
}

describe("what the service tells Prometheus", () => {
  let server: TestServer;
  let service: TestService;

  beforeAll(async () => {
    server = await startTestServer();
    const database = await server.createDatabase();
    service = await startTestService(server, database, "api+worker", { SLOW_QUERY_THRESHOLD_MS: "1" });
    await useEverything(service, (sql) => asSuperuser(server.superuser, database, async (client) => {
      await client.query(sql);
    }));
  }, 180_000);
  afterAll(async () => {
    await service.stop();
    await server.remove();
  });

  it("is in the catalogue, by name and by labels and their values", async () => {
    const wrong = samplesOf(await service.text("/metrics")).flatMap(({ name, labels }) => {
      const definition = definitions.find(([known]) => known === metricOf(name))?.[1];
      if (definition === undefined) return [`${name} is not in the catalogue`];
      return labels
        .filter(([label]) => label !== "le")
        .flatMap(([label, value]) => {
          const allowed = definition.labels[label];
          if (allowed === undefined) return [`${name} has a label ${label} that the catalogue does not name`];
          return "values" in allowed && !allowed.values.includes(value) ? [`${name} has ${label}="${value}", which the catalogue does not allow`] : [];
        });
    });
    expect(wrong).toEqual([]);
  }, 60_000);

  it("names tenants, facilities and items where nobody outside may ask: on the worker's port", async () => {
    const named = async (role: "api" | "worker") => {
      const started = await startTestService(server, service.database, role);
      try {
        const samples = samplesOf(await started.text("/metrics"));
        return [...new Set(samples.filter(({ labels }) => labels.some(([label]) => ["tenant", "facility", "sku"].includes(label))).map(({ name }) => name))].sort();
      } finally {
        await started.stop();
      }
    };
    expect(await named("api")).toEqual([]);
    expect(await named("worker")).toEqual(["forecast_facility_items", "forecast_facility_mape_percentage", "forecast_facility_wape_percentage", "forecast_worst_item_mape_percentage"]);
  }, 60_000);

  it("names every metric of the catalogue that a process of these roles emits", async () => {
    const told = new Set([...(await service.text("/metrics")).matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => `${name ?? ""} ${type ?? ""}`));
    expect(own.map(([name, { type }]) => `${name} ${type}`).filter((metric) => !told.has(metric))).toEqual([]);
  });

  it("has a value above 0 of every metric, once every feature was used, but of those of which it is known why not", async () => {
    const valued = new Set([...(await service.text("/metrics")).matchAll(/^([a-z][a-z0-9_]*)(?:\{.*\})? ([1-9]\S*|0\.\S*[1-9]\S*)$/gm)].map(([, name = ""]) => metricOf(name)));
    const excused = new Set<string>(Object.values(elsewhere).flat());
    expect(own.map(([name]) => name).filter((name) => !valued.has(name) && !excused.has(name))).toEqual([]);
  });

  it("is emitted by some line of the service, every metric of it", () => {
    const folder = join(import.meta.dirname, "..");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && !file.includes(".test.") && !file.includes("test-support"));
    const text = sources.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
    expect(definitions.map(([name]) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it("does not grow with what callers make up: 10,000 paths add no series", async () => {
    const http = async (): Promise<string[]> => samplesOf(await service.text("/metrics")).filter(({ name }) => name.startsWith("http_")).map((sample) => JSON.stringify(sample)).sort();
    await service.get("/made/up/first");
    // A scrape counts itself, after it has answered.
    await http();
    const before = await http();
    for (let start = 0; start < 10_000; start += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => service.get(`/made/up/${start + index}?page=${index}`)));
    }
    expect(await http()).toEqual(before);
  }, 180_000);
});
