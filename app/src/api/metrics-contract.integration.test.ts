import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { catalogue } from "@forecast-stack/monitoring/catalogue/catalogue.ts";
import type { MetricDefinition } from "@forecast-stack/monitoring/catalogue/metric-definition.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

const definitions = Object.entries(catalogue) as readonly (readonly [string, MetricDefinition])[];

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

describe("what the service tells Prometheus", () => {
  let server: TestServer;
  let service: TestService;

  beforeAll(async () => {
    server = await startTestServer();
    service = await startTestService(server, await server.createDatabase());
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await server.remove();
  });

  it("is in the catalogue, by name and by labels and their values", async () => {
    await service.run();
    await service.get("/api/forecasts");
    await service.get("/no/such/path");
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

  it("names every metric of the catalogue that the roles api and worker emit", async () => {
    const told = new Set([...(await service.text("/metrics")).matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => `${name ?? ""} ${type ?? ""}`));
    const own = definitions.filter(([, { emittedBy }]) => emittedBy.some((role) => role === "api" || role === "worker"));
    expect(own.map(([name, { type }]) => `${name} ${type}`).filter((metric) => !told.has(metric))).toEqual([]);
  });

  it("does not grow with what callers make up: 10,000 paths add no route, and no more series than another status has", async () => {
    const http = async (): Promise<Sample[]> => samplesOf(await service.text("/metrics")).filter(({ name }) => name.startsWith("http_"));
    const routesOf = (samples: readonly Sample[]): string[] => [...new Set(samples.flatMap(({ labels }) => labels.filter(([label]) => label === "route").map(([, value]) => value)))].sort();
    await service.get("/made/up/first");
    const before = await http();
    for (let start = 0; start < 10_000; start += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => service.get(`/made/up/${start + index}?page=${index}`)));
    }
    const after = await http();
    expect(routesOf(after)).toEqual(routesOf(before));
    expect(after.length).toBeLessThan(before.length + 50);
  }, 180_000);
});
