import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../app/embedded/embedded-postgres.ts";
import { provisionDatabase, roles } from "../app/embedded/provision.ts";
import { migrateUp } from "../app/src/migrate/migrate.ts";
import { eventually } from "../app/src/test-support/eventually.ts";
import { migrationsDirectory } from "../app/src/test-support/test-database.ts";
import { startTestRedis, type TestRedis } from "../app/src/test-support/test-redis.ts";
import { SERVICE_TOKEN, spawnService } from "../app/src/test-support/test-service.ts";
import { serviceMemory } from "../local/images/image-recipes.ts";
import { ensurePackages } from "../local/packages/ensure-packages.ts";
import { paths } from "../local/paths.ts";

/** Memory is used as in a pod: as the image sets it, with the heap that Node.js gives itself in one of half a gigabyte. */
const memory = { NODE_OPTIONS: [...serviceMemory.nodeOptions, "--max-old-space-size=256"].join(" "), ...serviceMemory.environment };

/** Benchmarks also run on machines that have other things to do, where a process takes its time to start. */
const START_TIMEOUT_MS = 120_000;

/** What every request of a benchmark carries. */
export const authorization = { authorization: `Bearer ${SERVICE_TOKEN}` };

/** A running process of the service. */
export interface BenchService {
  readonly origin: string;
  readonly pid: number;
}

/** A Postgres, a Redis and processes of the service, on this machine alone. */
export class BenchServers {
  readonly postgres: EmbeddedPostgres;
  readonly #redis: TestRedis;

  private constructor(postgres: EmbeddedPostgres, redis: TestRedis) {
    this.postgres = postgres;
    this.#redis = redis;
  }

  static async start(): Promise<BenchServers> {
    // Redis is among the programs that npm start unpacks.
    const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
    process.env["PATH"] = `${process.env["PATH"] ?? ""}${delimiter}${bin}`;
    const [postgres, redis] = await Promise.all([startEmbeddedPostgres(), startTestRedis()]);
    return new BenchServers(postgres, redis);
  }

  /** Makes an empty database with the newest schema. */
  async createDatabase(name: string): Promise<void> {
    await provisionDatabase(this.postgres.superuser, name);
    await migrateUp({ connection: { host: "127.0.0.1", port: this.postgres.port, ...roles.owner, database: name }, directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined });
  }

  /** Runs the service as a process of its own on a database while `work` is done; the rate limit is off for whoever asks. */
  async withService<Result>(database: string, role: string, environment: Readonly<Record<string, string>>, work: (service: BenchService) => Promise<Result>): Promise<Result> {
    const service = spawnService([role], {
      PORT: "0",
      LOG_LEVEL: "info",
      SHUTDOWN_DELAY_MS: "0",
      STREAMING_BATCH_DELAY_MS: "0",
      DB_HOST: "127.0.0.1",
      DB_PORT: String(this.postgres.port),
      DB_NAME: database,
      DB_USER: roles.app.user,
      DB_PASSWORD: roles.app.password,
      REDIS_URL: this.#redis.url,
      SVC_JWT: SERVICE_TOKEN,
      JWT_SECRET: "a-secret-of-the-benchmark-and-of-nothing-else",
      RATE_LIMIT_MAX: "0",
      ...memory,
      ...environment,
    });
    try {
      const ended = service.exit.then((code) => Promise.reject(new Error(`the service ended with ${String(code)}:\n${service.output()}`)));
      const origin = await Promise.race([untilListening(service.output), ended]);
      // From here on its end is what stopping it is about.
      ended.catch(() => undefined);
      await eventually(async () => {
        if ((await fetch(`${origin}/health/ready`)).status !== 200) throw new Error("the service is not ready");
      }, START_TIMEOUT_MS);
      return await work({ origin, pid: service.process.pid ?? 0 });
    } finally {
      service.process.kill("SIGTERM");
      await service.exit;
    }
  }

  async stop(): Promise<void> {
    await this.#redis.stop();
    await this.postgres.remove();
  }
}

function untilListening(output: () => string): Promise<string> {
  return eventually(() => {
    const port = /"port":(\d+)/.exec(output())?.[1];
    return port === undefined ? Promise.reject(new Error(`the service does not listen:\n${output()}`)) : Promise.resolve(`http://127.0.0.1:${port}`);
  }, START_TIMEOUT_MS);
}

/** Triggers a run, waits for its end and gives its seconds from start to end. */
export async function runForecast(origin: string, timeoutMs: number): Promise<number> {
  // Refused until the process is connected to the queue.
  const runId = await eventually(async () => {
    const response = await fetch(`${origin}/api/forecast/trigger`, { method: "POST", headers: authorization });
    if (response.status !== 202) throw new Error(`the trigger was answered with ${response.status}`);
    return ((await response.json()) as { runId: string }).runId;
  }, START_TIMEOUT_MS);
  return eventually(async () => {
    const { status, progress } = (await (await fetch(`${origin}/api/forecast/runs/${runId}`, { headers: authorization })).json()) as { status: string; progress: { elapsedMs: number } };
    if (status !== "completed") throw new Error(`the run is ${status}`);
    return progress.elapsedMs / 1_000;
  }, timeoutMs);
}

/** The value below which a share of the measurements lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The most memory that a process held at once, in MB, as Linux counts it. */
export function peakMegabytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1_024;
}
