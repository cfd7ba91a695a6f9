import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { provisionDatabase, roles } from "./embedded/provision.ts";
import { loadSample } from "./sample/load-sample.ts";
import { migrateUp } from "./src/migrate/migrate.ts";

// npm run dev: API and worker in one process that restarts on change, on an
// embedded Postgres that is gone at Ctrl-C, with the sample loaded, without Redis.

const DATABASE = "forecast";

const { values } = parseArgs({ options: { items: { type: "string" } } });
const port = process.env["PORT"] ?? "4000";
const origin = `http://127.0.0.1:${port}`;
const token = process.env["SVC_JWT"] ?? "development-service-token";
const say = (text: string) => process.stdout.write(`${text}\n`);

await refuseTakenPort();
const postgres = await startEmbeddedPostgres();
try {
  await prepareDatabase();
  await serveUntilEnded();
} finally {
  await postgres.remove();
}
// Node's watcher says nothing of the service's own exit; ending at a signal is a good end here.
process.exit(0);

async function prepareDatabase(): Promise<void> {
  await provisionDatabase(postgres.superuser, DATABASE);
  await migrateUp({
    connection: { host: "127.0.0.1", port: postgres.port, ...roles.owner, database: DATABASE },
    directory: join(import.meta.dirname, "../migrations"),
    connectTimeoutMs: 0,
    onReport: ({ version, description }) => say(`migration ${version}: ${description}`),
  });
}

async function serveUntilEnded(): Promise<void> {
  const service = spawn(process.execPath, ["--watch", "--watch-preserve-output", join(import.meta.dirname, "src/main.ts"), "api+worker"], {
    stdio: "inherit",
    env: {
      ...process.env,
      PORT: port,
      DB_HOST: "127.0.0.1",
      DB_PORT: String(postgres.port),
      DB_NAME: DATABASE,
      DB_USER: roles.app.user,
      DB_PASSWORD: roles.app.password,
      REDIS_URL: "",
      SVC_JWT: token,
      JWT_SECRET: process.env["JWT_SECRET"] ?? "a secret that signs tokens while developing",
      SHUTDOWN_DELAY_MS: "0",
    },
  });
  const ended = once(service, "exit");
  // Ctrl-C reaches the service too, as it is in the same terminal; other signals are passed on.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => service.kill("SIGTERM"));
  try {
    if (await Promise.race([untilHealthy(), ended.then(() => false)])) await showAround();
    await ended;
  } finally {
    service.kill("SIGTERM");
    await ended;
  }
}

async function untilHealthy(): Promise<true> {
  for (;;) {
    const response = await fetch(`${origin}/api/health`).catch(() => undefined);
    if (response?.ok === true && ((await response.json()) as { status: string }).status === "healthy") return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function showAround(): Promise<void> {
  const rows = await loadSample(origin, token, values.items === undefined ? undefined : Number(values.items));
  const response = await fetch(`${origin}/api/forecast/trigger`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  const { runId } = (await response.json()) as { runId: string };
  say(`
The service answers at ${origin} with ${rows.items} items and ${rows.demand} days of demand. Try:
  curl ${origin}/api/health
  curl -H 'Authorization: Bearer ${token}' ${origin}/api/forecast/runs/${runId}
  curl -H 'Authorization: Bearer ${token}' ${origin}/api/forecast/runs/${runId}/accuracy
  curl -H 'Authorization: Bearer ${token}' '${origin}/api/forecasts?limit=1'
  curl -H 'Authorization: Bearer ${token}' -X POST ${origin}/api/forecast/trigger
and ${origin}/api/docs, where every route can be tried with that token.
Postgres: postgresql://${roles.owner.user}:${roles.owner.password}@127.0.0.1:${postgres.port}/${DATABASE}
Ctrl-C ends it and deletes its data.
`);
}

/** Another service on the port would be given the sample in place of this one. */
async function refuseTakenPort(): Promise<void> {
  const server = createServer().listen(Number(port));
  try {
    await once(server, "listening");
  } catch {
    process.stderr.write(`Port ${port} is in use: end what listens there, or choose another with PORT=4001 npm run dev.\n`);
    process.exit(1);
  }
  server.close();
  await once(server, "close");
}
