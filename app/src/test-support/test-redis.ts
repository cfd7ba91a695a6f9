import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { eventually } from "./eventually.ts";

/** A Redis of its own for one test file; `npm test` puts its program on the PATH. */
export interface TestRedis {
  readonly url: string;
  /** Stops the server; its data is gone. */
  stop(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
}

/**
 * Starts an empty Redis that keeps nothing on disk; call `stop` when the file is done.
 *
 * @param password what it asks for; without one everybody may
 */
export async function startTestRedis(password?: string): Promise<TestRedis> {
  const port = await freePort();
  const url = `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  const start = async () => {
    const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...(password === undefined ? [] : ["--requirepass", password])], { stdio: "ignore" });
    server = child;
    const failed = once(child, "error").then(([error]) => Promise.reject(new Error(`redis-server is not on the PATH (npm test -- integration puts it there): ${String(error)}`)));
    failed.catch(() => undefined);
    await Promise.race([failed, eventually(() => ping(url))]);
  };
  const stop = async () => {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
  };
  await start();
  return { url, start, stop };
}

async function ping(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
