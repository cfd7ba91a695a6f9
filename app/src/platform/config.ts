import { availableParallelism, hostname } from "node:os";
import { CronExpressionParser } from "cron-parser";
import { z } from "zod";
import { ConfigError } from "./errors.ts";
import { flagVariableSchema } from "./flag-variables.ts";

/** "true" or "false"; z.coerce.boolean would take "false" for true. */
const flag = (byDefault: boolean) =>
  z
    .enum(["true", "false"], "must be true or false")
    .default(byDefault ? "true" : "false")
    .transform((value) => value === "true");

const wholeNumber = (lowest: number, highest: number) => {
  const message = `must be a whole number from ${lowest} to ${highest}`;
  return z.coerce.number(message).int(message).min(lowest, message).max(highest, message);
};

const integer = (byDefault: number, lowest: number, highest: number) => wholeNumber(lowest, highest).default(byDefault);

const anyNumber = (lowest: number, highest: number) => {
  const message = `must be a number from ${lowest} to ${highest}`;
  return z.coerce.number(message).min(lowest, message).max(highest, message);
};

const number = (byDefault: number, lowest: number, highest: number) => anyNumber(lowest, highest).default(byDefault);

const optionalNumber = (lowest: number, highest: number) => anyNumber(lowest, highest).optional();

const word = (byDefault: string) => z.string().min(1, "must not be empty").default(byDefault);

const cron = (byDefault: string) => z.string().default(byDefault).refine(isCron, "must be a cron expression of five fields, in UTC");

/** A length of time such as 12h, in seconds. */
const duration = (byDefault: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}[smhd]$/, "must be a number of seconds, minutes, hours or days, for example 12h")
    .default(byDefault)
    .transform((text) => Number(text.slice(0, -1)) * (secondsOf[text.slice(-1)] ?? 1));

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A comma-separated list of origins. */
const origins = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((origin) => origin.trim()).filter(Boolean))
  .refine((list) => list.every(isOrigin), "must be origins such as https://app.example.com, separated by commas");

/** A comma-separated list of e-mail addresses. */
const addresses = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((address) => address.trim()).filter(Boolean))
  .refine((list) => list.every((address) => /^[^\s@,]+@[^\s@,]+$/.test(address)), "must be e-mail addresses, separated by commas");

const password = z.string().min(12, "must have at least 12 characters").optional();

/** The environment of the service: each variable with its default, unit and bounds. */
export const environmentSchema = z.object({
  /** Port of the HTTP server, for every role. */
  PORT: integer(4000, 0, 65_535),
  /** `production` switches off what only helps while developing, for example introspection of GraphQL. */
  NODE_ENV: word("development"),
  /** Reported in /api/health and forecast_service_info. */
  APP_VERSION: word("0.0.0-dev"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"], "must be trace, debug, info, warn, error or fatal").default("info"),
  /** Name of this process in logs and batches. */
  POD_NAME: word(hostname()),
  /** Milliseconds that the service goes on serving after SIGTERM, at least: up to 10 s longer while requests come. */
  SHUTDOWN_DELAY_MS: integer(5000, 0, 60_000),

  DB_HOST: word("localhost"),
  DB_PORT: integer(5432, 1, 65_535),
  DB_NAME: word("forecast"),
  DB_USER: word("forecast_app"),
  DB_PASSWORD: z.string().default(""),
  /** True: encrypted, and the server's certificate must be one that Node trusts. */
  DB_SSL: flag(false),
  /** Connections per process. */
  DATABASE_POOL_MAX: integer(10, 2, 200),
  /** Milliseconds after which an idle connection is closed. */
  DATABASE_POOL_IDLE_TIMEOUT_MS: integer(60_000, 0, 3_600_000),
  /** Milliseconds to wait for a connection. */
  DATABASE_POOL_ACQUIRE_TIMEOUT_MS: integer(10_000, 100, 600_000),
  /** Milliseconds above which a statement counts as slow, and is logged when LOG_SLOW_QUERIES says so. */
  SLOW_QUERY_THRESHOLD_MS: integer(200, 1, 600_000),
  LOG_SLOW_QUERIES: flag(true),
  /** True: `migrate up`, which runs with every deployment, makes needed indexes again that were lost. */
  DB_AUTO_CREATE_INDEXES: flag(true),
  /** True: the composite indexes of the forecasts are among them. */
  DB_INDEX_FORECASTS_COMPOSITE: flag(true),

  /** Without it every process has a small cache of its own. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must be a redis:// or rediss:// URL" }).optional(),
  /** Seconds that lists (items, inventory) are cached; 0 switches the cache off. */
  CACHE_TTL_ITEMS: integer(300, 0, 604_800),
  /** Seconds that the summary of the stock is cached; 0 switches the cache off. */
  CACHE_TTL_SUMMARY: integer(300, 0, 604_800),
  /** Seconds that results of queries (accuracy of a run) are cached; 0 switches the cache off. */
  QUERY_CACHE_TTL: integer(7200, 0, 604_800),
  /** Seconds that forecasts are cached; 0 switches the cache off. */
  FORECAST_CACHE_TTL: integer(86_400, 0, 604_800),
  /** True: an answer in Redis whose time is over is still given while it is computed anew. */
  CACHE_STALE_WHILE_REVALIDATE: flag(true),
  /** Milliseconds after its time for which that is done. */
  CACHE_STALE_TTL_MS: integer(60_000, 0, 86_400_000),
  /** True: what has outlived its time in a process is forgotten every CACHE_STALE_DETECTION_INTERVAL_MS. */
  CACHE_AUTO_CLEAR_STALE: flag(true),
  CACHE_STALE_DETECTION_INTERVAL_MS: integer(600_000, 100, 86_400_000),
  /** True: an answer that takes longer than CACHE_REBUILD_TIME_THRESHOLD_MS to compute is logged. */
  MONITOR_CACHE_REBUILD_TIME: flag(true),
  CACHE_REBUILD_TIME_THRESHOLD_MS: integer(10_000, 1, 600_000),
  /** True: after a run the cache is filled with the most frequent queries. */
  FORECAST_CACHE_PRELOAD: flag(true),
  /** True: the worker goes on with other batches meanwhile. */
  CACHE_PRELOAD_ASYNC: flag(true),
  /** Milliseconds after which filling the cache is given up. */
  CACHE_PRELOAD_TIMEOUT_MS: integer(30_000, 100, 600_000),
  /** Both true: the cache is filled at the start of a process that serves the API. */
  ENABLE_CACHE_WARMUP: flag(true),
  CACHE_WARMUP_ON_STARTUP: flag(true),
  /** Days after which an ended run is deleted with its forecasts; the newest completed one stays. */
  RUN_RETENTION_DAYS: integer(90, 1, 3_650),

  /** The token that machines send as `Authorization: Bearer` to trigger runs and to import. */
  SVC_JWT: z.string().min(16, "must have at least 16 characters").optional(),
  /** Signs the access tokens of users (HS256). */
  JWT_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  /** How long an access token is valid: seconds, minutes, hours or days. */
  JWT_EXPIRES_IN: duration("12h"),
  /** How long a refresh token is valid. */
  REFRESH_EXPIRES_IN: duration("30d"),
  /** The first user, an administrator of the tenant `default`: made at the start while there is no user and FIRST_ADMIN_PASSWORD is set. */
  FIRST_ADMIN_EMAIL: z.string().regex(/^[^\s@]+@[^\s@]+$/, "must be an e-mail address").toLowerCase().default("first-admin@local"),
  FIRST_ADMIN_PASSWORD: password,
  /** Password of admin@local, staff@local and viewer@local, which are made at the start; refused in production. */
  ROLE_USERS_PASSWORD: password,
  /** An OpenID provider whose tokens are taken too; OIDC_AUDIENCE goes with it. */
  OIDC_ISSUER_URL: z.url({ protocol: /^https?$/, error: "must be the https:// URL of an OpenID provider" }).optional(),
  /** The audience that the provider's tokens must be for. */
  OIDC_AUDIENCE: z.string().min(1, "must not be empty").optional(),
  /** The claim with a role or a list of roles; a dotted path where no claim has the whole name. */
  OIDC_ROLE_CLAIM: word("role"),
  /** The claim with the tenant; without it everybody of the provider belongs to the tenant `default`. */
  OIDC_TENANT_CLAIM: z.string().min(1, "must not be empty").optional(),

  /** Minutes over which requests to the API are counted. */
  RATE_LIMIT_WINDOW_MIN: integer(5, 1, 1440),
  /** Requests per window of one IP address; 0 is no limit. */
  RATE_LIMIT_MAX: integer(100, 0, 1_000_000_000),
  /** The same for requests of staff, counted apart; unset: they count like all others. */
  RATE_LIMIT_MAX_STAFF: wholeNumber(0, 1_000_000_000).optional(),
  /** The same for requests of administrators. */
  RATE_LIMIT_MAX_ADMIN: wholeNumber(0, 1_000_000_000).optional(),
  /** The same for requests with a service token; by default they are not limited, because imports and scheduled jobs come in bursts. */
  RATE_LIMIT_MAX_SERVICE: integer(0, 0, 1_000_000_000),
  /** Proxies in front of the service, each of which adds to X-Forwarded-For; 0: the header is not believed. */
  TRUST_PROXY: integer(0, 0, 10),
  /** Origins whose pages may call the API from a browser, separated by commas; none by default. */
  CORS_ALLOWLIST: origins,

  /** Hours that the newest backup of the database may be old before an alert; 0: somebody else makes backups and watches over them. */
  BACKUP_MAX_AGE_HOURS: integer(0, 0, 8_760),

  ENABLE_RESPONSE_COMPRESSION: flag(true),
  /** Bytes from which on a response is compressed. */
  COMPRESSION_THRESHOLD_BYTES: integer(1024, 0, 1_073_741_824),
  /** Bytes that a JSON body may have. */
  REQUEST_MAX_BYTES: integer(102_400, 1, 104_857_600),
  /** Seconds in which a request must have arrived, with its body: also the longest that an import may take. */
  REQUEST_TIMEOUT_SECONDS: integer(1_800, 1, 86_400),
  /** Bytes that one CSV import may have. */
  IMPORT_MAX_BYTES: integer(268_435_456, 1, 10_737_418_240),
  /** Rejected rows that one import lists; all of them are counted. */
  IMPORT_MAX_ERRORS: integer(100, 1, 10_000),

  /** When the daily run starts, in UTC. */
  CRON_DAILY: cron("5 2 * * *"),
  /** When the weekly run starts that selects all models anew, in UTC. */
  CRON_RETRAIN: cron("0 4 * * 0"),
  /** Days that are forecast; monthly items get the months that begin in them. */
  FORECAST_HORIZON_DAYS: integer(90, 1, 730),
  /** True: a run is split into batches of FORECAST_BATCH_SIZE; false: it is one batch. */
  ENABLE_STREAMING_FORECAST: flag(true),
  FORECAST_BATCH_SIZE: integer(20, 1, 1000),
  LOG_BATCH_PROGRESS: flag(true),
  LOG_BATCH_MEMORY_USAGE: flag(true),
  /** Threads of a worker that compute forecasts. */
  FORECAST_THREADS: integer(availableParallelism(), 1, 256),
  /** True: a worker keeps a thread ready between runs and tells how it answers, for `GET /api/ml/status`. */
  ML_SERVICE_KEEPALIVE: flag(true),
  /** Milliseconds between two answers. */
  ML_SERVICE_KEEPALIVE_INTERVAL_MS: integer(30_000, 100, 3_600_000),
  /** Seconds without a sign of life after which a worker's batch is given to another one. */
  FORECAST_HEARTBEAT_SECONDS: integer(20, 10, 30),
  /** True: what the watchdog finds is put right; false: it is only told. */
  ENABLE_SELF_HEALING: flag(true),
  /** True: workers look for runs that do not get on and for schedules that were missed. */
  SCHEDULER_WATCHDOG_ENABLED: flag(true),
  /** Milliseconds between two looks. */
  SCHEDULER_WATCHDOG_INTERVAL_MS: integer(300_000, 1_000, 86_400_000),
  /** Milliseconds without progress after which a run, or an item under way, counts as stalled. */
  SCHEDULER_WATCHDOG_TIMEOUT_MS: integer(120_000, 1_000, 86_400_000),
  MONITOR_ITEM_FORECAST_TIME: flag(true),
  /** Milliseconds of computing above which an item is logged as slow. */
  ITEM_FORECAST_TIME_THRESHOLD_MS: integer(500, 1, 600_000),
  /** Seconds after which it is degraded that nobody has read /metrics; 0 where nobody is meant to. */
  METRICS_UNWATCHED_SECONDS: integer(0, 0, 86_400),
  /** Percent of the memory limit from which on the process is degraded. */
  MEMORY_WARNING_THRESHOLD_PERCENT: number(70, 1, 100),

  /** True: it is degraded when reading takes longer than the two thresholds allow, over five minutes. */
  MONITOR_API_LATENCY_PERCENTILES: flag(true),
  /** Milliseconds that 95 of 100 requests may take. */
  API_LATENCY_P95_THRESHOLD_MS: number(25, 0.1, 600_000),
  /** Milliseconds that 99 of 100 requests may take. */
  API_LATENCY_P99_THRESHOLD_MS: number(50, 0.1, 600_000),

  /** When the health job runs, in UTC. */
  CRON_HEALTH_CHECK: cron("*/5 * * * *"),
  /** Health jobs in a row that find the service degraded, after which it counts as unhealthy. */
  MAX_HEALTH_FAILURES: integer(6, 1, 1000),
  /** URL that changes of the health status are posted to, as JSON that Slack and its like understand. */
  ALERT_WEBHOOK: z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" }).optional(),

  /** Percent: the aggregate MAPE that a run should stay below. */
  MAPE_THRESHOLD: number(20, 0.1, 1000),
  ENABLE_ITEM_MAPE_MONITORING: flag(true),
  /** An item is of high variance above this multiple of MAPE_THRESHOLD. */
  MAPE_ITEM_THRESHOLD_MULTIPLIER: number(1.5, 1, 100),
  /** Items of high variance that the daily report and the accuracy of a run list at most. */
  MAX_HIGH_VARIANCE_ITEMS_IN_REPORT: integer(10, 0, 1000),
  INCLUDE_HIGH_VARIANCE_ITEMS_IN_REPORT: flag(true),
  /** Items of high variance that a run may have. */
  MAX_HIGH_VARIANCE_ITEMS_ALLOWED: integer(15, 0, 1_000_000),
  /** True: with more of them the health is degraded, which ALERT_WEBHOOK is told of. */
  ALERT_ON_EXCESSIVE_VARIANCE: flag(true),

  /** The mail server that reports and password resets go to, as smtp://user:password@host:587 or smtps://; without it nothing is mailed. */
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// URL" }).optional(),
  /** The sender of all mails. */
  MAIL_FROM: word("forecast-stack@localhost"),
  /** Addresses that the daily report is sent to, separated by commas; none: it is not sent. */
  REPORT_TO: addresses,
  /** When the daily report is sent, in UTC. */
  CRON_REPORT: cron("20 2 * * *"),

  /** Smoothing constant of Croston's method; unset: the best for each item. */
  CROSTON_ALPHA: optionalNumber(0.001, 1),
  /** Smoothing constant of TSB's demand size; unset: the best for each item. */
  TSB_ALPHA: optionalNumber(0.001, 1),
  /** Smoothing constant of TSB's probability of demand; unset: the best for each item. */
  TSB_BETA: optionalNumber(0.001, 1),

  /** The folder with the flags' mounted ConfigMaps, which hold until the API server was asked. */
  FEATURE_FLAGS_DIRECTORY: z.string().min(1, "must not be empty").optional(),
  /** A YAML file with overrides and rollouts that stands in for the ConfigMaps outside Kubernetes, where it is watched. */
  FEATURE_FLAGS_FILE: z.string().min(1, "must not be empty").optional(),
  /** Set by Kubernetes in every pod: the flags' ConfigMaps are then watched. */
  KUBERNETES_SERVICE_HOST: z.string().min(1, "must not be empty").optional(),
  /** Where the rollout controller asks for the values of gates. */
  PROMETHEUS_URL: z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" }).optional(),
  /** Where it tells what became of a rollout; unset: nobody is told. */
  ALERTMANAGER_URL: z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" }).optional(),
  /** Milliseconds between two turns of the rollout controller: how soon it sees what people ask for. */
  ROLLOUT_INTERVAL_MS: integer(1_000, 100, 60_000),
  /** The feature flags: see flags/definitions.ts. */
  ...flagVariableSchema,
});

export type Config = z.infer<typeof environmentSchema>;

/** Variables whose values must not appear anywhere. */
const secrets: ReadonlySet<string> = new Set(["DB_PASSWORD", "SVC_JWT", "JWT_SECRET", "FIRST_ADMIN_PASSWORD", "ROLE_USERS_PASSWORD", "REDIS_URL", "ALERT_WEBHOOK", "SMTP_URL"]);

/**
 * Reads the configuration from the environment; a variable that is set to
 * nothing counts as not set.
 *
 * @throws ConfigError with one sentence per wrong variable: its name, its value
 * (secrets excepted) and what is allowed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name} is ${secrets.has(name) ? "set to a value that is not allowed" : JSON.stringify(given[name])}: it ${issue.message}.`;
  });
  throw new ConfigError(sentences.join(" "));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function isCron(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 5) return false;
  try {
    CronExpressionParser.parse(expression, { tz: "UTC" });
    return true;
  } catch {
    return false;
  }
}
