import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { poolSize } from "./forecast-service/environment.ts";
import { asArguments, postgresTuning } from "./postgres/tuning.ts";
import { retentionSize } from "./prometheus/prometheus.ts";
import { redisMaxMemoryMiB, resourcesOf, shares, type Size } from "./sizing.ts";
import { settingsSchema } from "./settings.ts";

const sizes = Object.keys(shares) as Size[];

describe("Postgres tuning", () => {
  it("is the documented table where Postgres has the memory of the documents", () => {
    expect(postgresTuning(shares.large.postgres.memory, 200)).toEqual({
      max_connections: "200",
      shared_buffers: "2GB",
      effective_cache_size: "6GB",
      work_mem: "16MB",
      maintenance_work_mem: "512MB",
      wal_buffers: "16MB",
      random_page_cost: "1.1",
      effective_io_concurrency: "200",
      checkpoint_completion_target: "0.9",
      jit: "off",
    });
  });

  it.each(sizes)("leaves most of the memory of %s free for sessions and files", (size) => {
    const { memory } = shares[size].postgres;
    const sharedBuffers = megabytes(postgresTuning(memory, 100)["shared_buffers"]);
    expect(sharedBuffers).toBeGreaterThanOrEqual(128);
    expect(sharedBuffers).toBeLessThanOrEqual(memory / 4);
  });

  it("reaches the server as arguments", () => {
    expect(asArguments({ work_mem: "16MB" })).toEqual(["-c", "work_mem=16MB"]);
  });
});

describe("container sizes", () => {
  it("ask for little enough that two small stacks share two processors", () => {
    const { api, worker, exporter, ...once } = shares.small;
    const stack = api.cpu * 2 + worker.cpu * 2 + exporter.cpu * 3 + Object.values(once).reduce((sum, { cpu }) => sum + cpu, 0);
    expect(2 * stack).toBeLessThan(1500);
  });

  it.each(sizes)("always limit memory to what %s reserves, and never limit the processor below the request", (size) => {
    for (const [container, { cpu, cpuLimit }] of Object.entries(shares[size])) {
      const { requests, limits } = resourcesOf(size, container as keyof (typeof shares)[Size]);
      expect(limits.memory).toBe(requests.memory);
      expect(cpuLimit).toBeGreaterThanOrEqual(cpu);
    }
  });

  it.each(sizes)("keep Redis's data of %s well under its limit", (size) => {
    expect(redisMaxMemoryMiB(size)).toBeLessThanOrEqual(shares[size].redis.memory * 0.8);
  });
});

describe("the service's connections", () => {
  it("never exhaust Postgres, whatever the replicas and the rolling update", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 300, max: 5000 }), fc.boolean(), (api, worker, maxConnections, autoscaling) => {
        const settings = settingsSchema.parse({ api: { replicas: api, maxReplicas: Math.max(api, 50), autoscaling }, worker: { replicas: worker }, postgres: { maxConnections } });
        const pods = (autoscaling ? settings.api.maxReplicas : api) + 1 + worker + 1;
        return poolSize(settings) * pods <= maxConnections - 20;
      }),
    );
  });

  it("are as many as a pod can use where Postgres has plenty", () => {
    expect(poolSize(settingsSchema.parse({ postgres: { maxConnections: 5000 } }))).toBe(20);
  });
});

describe("Prometheus's volume", () => {
  it.each([
    ["5Gi", "4096MB"],
    ["500Mi", "400MB"],
    ["1Ti", "838860MB"],
  ])("of %s is never filled beyond %s", (volume, size) => {
    expect(retentionSize(volume)).toBe(size);
  });
});

function megabytes(value: string | undefined): number {
  const [, amount = "", unit = ""] = /^([0-9]+)(MB|GB)$/.exec(value ?? "") ?? [];
  return Number(amount) * (unit === "GB" ? 1024 : 1);
}
