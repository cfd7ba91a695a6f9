import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { readConfig } from "../platform/config.ts";
import { createLog } from "../platform/log.ts";
import { type Service, type ServiceRole, startService } from "../service.ts";
import type { TestServer } from "./test-database.ts";
import { eventually } from "./eventually.ts";

export const SERVICE_TOKEN = "token-of-the-tests";

/** The environment of a service on a test database: no rest between batches, no delay at the end. */
export function testEnvironment(server: TestServer, database: string): Record<string, string> {
  const { host, port, user, password } = server.connection("app", database);
  return {
    PORT: "0",
    LOG_LEVEL: "fatal",
    POD_NAME: "test",
    SHUTDOWN_DELAY_MS: "0",
    DB_HOST: host,
    DB_PORT: String(port),
    DB_NAME: database,
    DB_USER: user,
    DB_PASSWORD: password,
    SVC_JWT: SERVICE_TOKEN,
    JWT_SECRET: "a secret that signs the tokens of the tests",
    RATE_LIMIT_MAX: "0",
    CACHE_WARMUP_ON_STARTUP: "false",
    STREAMING_BATCH_DELAY_MS: "0",
    FORECAST_THREADS: "2",
    FORECAST_HEARTBEAT_SECONDS: "10",
  };
}

/** A running service and how to talk to it. */
export interface TestService {
  readonly service: Service;
  /** The name of its database. */
  readonly database: string;
  /** The lines that it has logged; LOG_LEVEL says from which level on. */
  readonly logged: readonly string[];
  /** GET with the service token. */
  get(path: string): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  text(path: string): Promise<string>;
  /** POST with the service token; `body` is sent as text/csv. */
  post(path: string, body?: string, headers?: Record<string, string>): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  /** Any request; `token` is null for none, and the service token when it is left out. */
  send(method: string, path: string, options?: { token?: string | null; json?: object; headers?: Record<string, string> }): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  /** Triggers a run and waits until it has ended. */
  run(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a service in this process and waits until its queue is connected. */
export async function startTestService(server: TestServer, database: string, role: ServiceRole = "api+worker", environment: Record<string, string> = {}): Promise<TestService> {
  const config = readConfig({ ...testEnvironment(server, database), ...environment });
  const logged: string[] = [];
  const service = await startService(role, config, createLog({ level: config.LOG_LEVEL, role, version: "test", destination: { write: (line) => logged.push(line) } }));
  const origin = `http://127.0.0.1:${service.port}`;
  const answer = async (response: Response) => ({ status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> });
  const authorization = `Bearer ${SERVICE_TOKEN}`;
  const get: TestService["get"] = async (path) => answer(await fetch(`${origin}${path}`, { headers: { authorization } }));
  const post: TestService["post"] = async (path, body, headers = {}) =>
    answer(await fetch(`${origin}${path}`, { method: "POST", headers: { authorization, "content-type": "text/csv", ...headers }, body: body ?? null }));
  const send: TestService["send"] = async (method, path, { token = SERVICE_TOKEN, json, headers = {} } = {}) => {
    const sent = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers };
    const response = await fetch(`${origin}${path}`, { method, headers: sent, body: json === undefined ? null : JSON.stringify(json) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };
  await eventually(async () => {
    const { body } = await get("/api/health");
    if (JSON.stringify(body).includes("job queue")) throw new Error("the job queue is not connected");
  });
  return {
    service,
    database,
    logged,
    get,
    post,
    send,
    text: async (path) => (await fetch(`${origin}${path}`)).text(),
    run: async () => {
      const { body } = await post("/api/forecast/trigger");
      const runId = String(body["runId"]);
      await eventually(async () => {
        const run = await get(`/api/forecast/runs/${runId}`);
        if (run.body["status"] !== "completed" && run.body["status"] !== "failed") throw new Error(`the run is ${String(run.body["status"])}`);
      });
      return runId;
    },
    stop: () => service.stop({ delayMs: 0, drainMs: 5_000 }),
  };
}

/** Starts a role as a process of its own, as a container does; its log is in `output`. */
export function spawnService(args: readonly string[], environment: Record<string, string>): { process: ChildProcess; output: () => string; exit: Promise<number | null> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts"), ...args], { env: { PATH: process.env["PATH"] ?? "", ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  // `close` comes after the last of its output, unlike `exit`.
  return { process: child, output: () => output, exit: once(child, "close").then(([code]) => code as number | null) };
}
