import { availableParallelism, hostname } from "node:os";
import { CronExpressionParser } from "cron-parser";
import { z } from "zod";
import { ConfigError } from "./errors.ts";

/** "true" or "false"; z.coerce.boolean would take "false" for true. */
const flag = (byDefault: boolean) =>
  z
    .enum(["true", "false"], "must be true or false")
    .default(byDefault ? "true" : "false")
    .transform((value) => value === "true");

const integer = (byDefault: number, lowest: number, highest: number) => {
  const message = `must be a whole number from ${lowest} to ${highest}`;
  return z.coerce.number(message).int(message).min(lowest, message).max(highest, message).default(byDefault);
};

const number = (byDefault: number, lowest: number, highest: number) => {
  const message = `must be a number from ${lowest} to ${highest}`;
  return z.coerce.number(message).min(lowest, message).max(highest, message).default(byDefault);
};

const word = (byDefault: string) => z.string().min(1, "must not be empty").default(byDefault);

const cron = (byDefault: string) => z.string().default(byDefault).refine(isCron, "must be a cron expression of five fields, in UTC");

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
  /** Milliseconds that the service goes on serving after SIGTERM, until no more requests are sent to it. */
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

  /** Without it every process has a small cache of its own. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must be a redis:// or rediss:// URL" }).optional(),
  /** Seconds that lists (items, inventory) are cached; 0 switches the cache off. */
  CACHE_TTL_ITEMS: integer(300, 0, 604_800),
  /** Seconds that results of queries (accuracy of a run) are cached; 0 switches the cache off. */
  QUERY_CACHE_TTL: integer(7200, 0, 604_800),
  /** Seconds that forecasts are cached; 0 switches the cache off. */
  FORECAST_CACHE_TTL: integer(86_400, 0, 604_800),

  /** The token that machines send as `Authorization: Bearer` to trigger runs and to import. */
  SVC_JWT: z.string().min(16, "must have at least 16 characters").optional(),
  ENABLE_RESPONSE_COMPRESSION: flag(true),
  /** Bytes from which on a response is compressed. */
  COMPRESSION_THRESHOLD_BYTES: integer(1024, 0, 1_073_741_824),
  /** Bytes that a JSON body may have. */
  REQUEST_MAX_BYTES: integer(102_400, 1, 104_857_600),
  /** Bytes that one CSV import may have. */
  IMPORT_MAX_BYTES: integer(268_435_456, 1, 10_737_418_240),
  /** Rejected rows that one import lists; all of them are counted. */
  IMPORT_MAX_ERRORS: integer(100, 1, 10_000),

  /** When the daily run starts, in UTC. */
  CRON_DAILY: cron("5 2 * * *"),
  /** Days that are forecast; monthly items get the months that begin in them. */
  FORECAST_HORIZON_DAYS: integer(90, 1, 730),
  /** True: a run is split into batches of FORECAST_BATCH_SIZE; false: it is one batch. */
  ENABLE_STREAMING_FORECAST: flag(true),
  FORECAST_BATCH_SIZE: integer(20, 1, 1000),
  /** Milliseconds that a worker rests between two batches. */
  STREAMING_BATCH_DELAY_MS: integer(300, 0, 600_000),
  LOG_BATCH_PROGRESS: flag(true),
  LOG_BATCH_MEMORY_USAGE: flag(true),
  /** Threads of a worker that compute forecasts. */
  FORECAST_THREADS: integer(availableParallelism(), 1, 256),
  /** Seconds without a sign of life after which a worker's batch is given to another one. */
  FORECAST_HEARTBEAT_SECONDS: integer(20, 10, 50),
  MONITOR_ITEM_FORECAST_TIME: flag(true),
  /** Milliseconds of computing above which an item is logged as slow. */
  ITEM_FORECAST_TIME_THRESHOLD_MS: integer(500, 1, 600_000),
  /** Percent of the memory limit from which on the process is degraded. */
  MEMORY_WARNING_THRESHOLD_PERCENT: number(70, 1, 100),

  /** Percent: the aggregate MAPE that a run should stay below. */
  MAPE_THRESHOLD: number(20, 0.1, 1000),
  ENABLE_ITEM_MAPE_MONITORING: flag(true),
  /** An item is of high variance above this multiple of MAPE_THRESHOLD. */
  MAPE_ITEM_THRESHOLD_MULTIPLIER: number(1.5, 1, 100),
  MAX_HIGH_VARIANCE_ITEMS_IN_REPORT: integer(10, 0, 1000),

  /** False: regular models for all items. */
  ENABLE_HYBRID_FORECASTING: flag(true),
  /** Share of empty periods above which an item is intermittent. */
  INTERMITTENT_DEMAND_ZERO_RATIO_THRESHOLD: number(0.5, 0, 1),
  /** Squared coefficient of variation above which demand is erratic. */
  INTERMITTENT_DEMAND_CV_SQUARED_THRESHOLD: number(0.49, 0, 100),
  CROSTON_ALPHA: number(0.1, 0.001, 1),
  TSB_ALPHA: number(0.1, 0.001, 1),
  TSB_BETA: number(0.1, 0.001, 1),
});

export type Config = z.infer<typeof environmentSchema>;

/** Variables whose values must not appear anywhere. */
const secrets: ReadonlySet<string> = new Set(["DB_PASSWORD", "SVC_JWT", "REDIS_URL"]);

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

function isCron(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 5) return false;
  try {
    CronExpressionParser.parse(expression, { tz: "UTC" });
    return true;
  } catch {
    return false;
  }
}
