import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { provisionDatabase, roles } from "./embedded/provision.ts";
import { loadSample } from "./sample/load-sample.ts";
import { migrateUp } from "./src/migrate/migrate.ts";

// npm run dev: API and worker in one process that restarts on change, on an
// embedded Postgres that is gone at Ctrl-C, with the sample loaded, without Redis.

const DATABASE = "forecast";
const SERVICE_TOKEN = "development-service-token";

const { values } = parseArgs({ options: { items: { type: "string" } } });
const origin = `http://127.0.0.1:${process.env["PORT"] ?? "4000"}`;
const say = (text: string) => process.stdout.write(`${text}\n`);

const postgres = await startEmbeddedPostgres();
await provisionDatabase(postgres.superuser, DATABASE);
await migrateUp({
  connection: { host: "127.0.0.1", port: postgres.port, ...roles.owner, database: DATABASE },
  directory: join(import.meta.dirname, "../migrations"),
  connectTimeoutMs: 0,
  onReport: ({ version, description }) => say(`migration ${version}: ${description}`),
});

const service = spawn(process.execPath, ["--watch", "--watch-preserve-output", join(import.meta.dirname, "src/main.ts"), "api+worker"], {
  stdio: "inherit",
  env: {
    ...process.env,
    DB_HOST: "127.0.0.1",
    DB_PORT: String(postgres.port),
    DB_NAME: DATABASE,
    DB_USER: roles.app.user,
    DB_PASSWORD: roles.app.password,
    REDIS_URL: "",
    SVC_JWT: process.env["SVC_JWT"] ?? SERVICE_TOKEN,
    SHUTDOWN_DELAY_MS: "0",
  },
});
const ended = once(service, "exit");
// Ctrl-C reaches the service too, as it is in the same terminal; other signals are passed on.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => service.kill("SIGTERM"));

const token = process.env["SVC_JWT"] ?? SERVICE_TOKEN;
const ready = await Promise.race([untilReady(), ended.then(() => false)]);
if (ready) {
  const rows = await loadSample(origin, token, values.items === undefined ? undefined : Number(values.items));
  const response = await fetch(`${origin}/api/forecast/trigger`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  const { runId } = (await response.json()) as { runId: string };
  say(`\nThe service answers at ${origin} with ${rows.items} items and ${rows.demand} days of demand. Try:
  curl ${origin}/api/health
  curl ${origin}/api/forecast/runs/${runId}
  curl ${origin}/api/forecast/runs/${runId}/accuracy
  curl '${origin}/api/forecasts?limit=1'
  curl -X POST -H 'Authorization: Bearer ${token}' ${origin}/api/forecast/trigger
Postgres: postgresql://${roles.owner.user}:${roles.owner.password}@127.0.0.1:${postgres.port}/${DATABASE}
Ctrl-C ends it and deletes its data.\n`);
}
await ended;
await postgres.remove();
// Node's watcher says nothing of the service's own exit; ending at a signal is a good end here.
process.exit(0);

async function untilReady(): Promise<boolean> {
  for (;;) {
    const response = await fetch(`${origin}/health/ready`).catch(() => undefined);
    const health = response?.ok === true ? ((await (await fetch(`${origin}/api/health`)).json()) as { status: string }) : undefined;
    if (health?.status === "healthy") return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
