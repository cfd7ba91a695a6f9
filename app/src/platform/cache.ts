import { randomUUID } from "node:crypto";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Redis } from "ioredis";
import type { Log } from "./log.ts";
import { LocalStore } from "./local-store.ts";

/** The caches, each with its own time to live and hit rate. */
export type CacheName = "lists" | "summaries" | "queries" | "forecasts";

/** Where an answer is kept. */
export interface CacheEntry {
  readonly cache: CacheName;
  /** What invalidates it, for example `items:all:default`. */
  readonly group: string;
  /** Which answer within the group. */
  readonly key: string;
}

/** The full key of an answer, and whether Redis knows its group's generation. */
interface Place {
  readonly key: string;
  readonly shared: boolean;
}

/**
 * Without Redis a write in one process is not seen by the others, so they keep
 * an answer only this long, whatever its time to live.
 */
const LOCAL_TTL_MS = 30_000;
const LOCAL_LIMITS = { maxEntries: 1_000, maxCharacters: 32_000_000 };
/** A cache that answers later than this is no help. */
const REDIS_TIMEOUT_MS = 250;

/**
 * Answers that are expensive to compute, as JSON texts, in Redis; in the process
 * while Redis does not answer: slower, never an error. Answers belong to groups;
 * a group is invalidated by a new generation, which is part of every key, so
 * that an answer that was computed before a write can never be read after it.
 * Generations are unique: Redis may forget one under memory pressure, and the
 * next must not bring answers of an older one back to life.
 */
export class Cache {
  readonly #redis: Redis | undefined;
  readonly #local = new LocalStore(LOCAL_LIMITS);
  readonly #localGenerations = new Map<string, number>();
  readonly #computing = new Map<string, Promise<string>>();
  readonly #owedInvalidations = new Set<string>();
  readonly #counts = { lists: { hits: 0, misses: 0 }, summaries: { hits: 0, misses: 0 }, queries: { hits: 0, misses: 0 }, forecasts: { hits: 0, misses: 0 } };
  readonly #ttlSeconds: Readonly<Record<CacheName, number>>;
  readonly #metrics: Metrics;

  constructor(options: { redisUrl: string | undefined; ttlSeconds: Readonly<Record<CacheName, number>>; metrics: Metrics; log: Log }) {
    this.#ttlSeconds = options.ttlSeconds;
    this.#metrics = options.metrics;
    this.#redis = options.redisUrl === undefined ? undefined : this.#connect(options.redisUrl, options.log);
  }

  /**
   * The cached answer, or the one that `compute` gives, which is then cached.
   * Callers that ask for the same answer at the same time share one computation.
   */
  async json(entry: CacheEntry, compute: () => Promise<unknown>): Promise<string> {
    const ttl = this.#ttlSeconds[entry.cache];
    if (ttl === 0) return JSON.stringify(await compute());
    const place = await this.#placeOf(entry);
    const cached = await this.#get(place);
    if (cached !== undefined) {
      this.#counts[entry.cache].hits += 1;
      this.#metrics.cache_hits_total.inc({ cache: entry.cache });
      return cached;
    }
    this.#counts[entry.cache].misses += 1;
    this.#metrics.cache_misses_total.inc({ cache: entry.cache });
    return this.#computing.get(place.key) ?? this.#fill(place, ttl, compute);
  }

  /** Forgets every answer of a group, in all processes that share the Redis. */
  async invalidate(group: string): Promise<void> {
    this.#localGenerations.set(group, (this.#localGenerations.get(group) ?? 0) + 1);
    const done = await this.#ask("invalidate", (redis) => redis.set(generationKey(group), randomUUID()));
    if (done === undefined && this.#redis !== undefined) this.#owedInvalidations.add(group);
  }

  /** Hits in percent of reads since the process started; null before the first read. */
  hitRate(cache: CacheName): number | null {
    const { hits, misses } = this.#counts[cache];
    return hits + misses === 0 ? null : Math.round((1_000 * hits) / (hits + misses)) / 10;
  }

  enabled(cache: CacheName): boolean {
    return this.#ttlSeconds[cache] > 0;
  }

  /** Whether Redis answers; undefined when none is configured. */
  redisUp(): boolean | undefined {
    return this.#redis === undefined ? undefined : this.#redis.status === "ready";
  }

  /**
   * Sends a command to Redis for what counts there instead of caching.
   *
   * @throws Error when there is no Redis or it does not answer
   */
  async command(name: string, ...values: string[]): Promise<unknown> {
    if (this.#redis?.status !== "ready") throw new Error("Redis does not answer.");
    return this.#redis.call(name, ...values);
  }

  close(): void {
    this.#redis?.disconnect();
  }

  async #fill({ key, shared }: Place, ttlSeconds: number, compute: () => Promise<unknown>): Promise<string> {
    const computation = (async () => {
      const value = JSON.stringify(await compute());
      this.#local.set(key, value, Math.min(ttlSeconds * 1_000, LOCAL_TTL_MS));
      if (shared) await this.#ask("set", (redis) => redis.set(key, value, "EX", ttlSeconds));
      return value;
    })().finally(() => this.#computing.delete(key));
    this.#computing.set(key, computation);
    return computation;
  }

  async #get({ key, shared }: Place): Promise<string | undefined> {
    const answer = shared ? await this.#ask("get", (redis) => redis.get(key)) : undefined;
    return answer === undefined ? this.#local.get(key) : (answer ?? undefined);
  }

  async #placeOf({ group, key }: CacheEntry): Promise<Place> {
    const generation = await this.#sharedGeneration(group);
    if (generation !== undefined) return { key: `${group}:${generation}:${key}`, shared: true };
    // The process's own count says nothing about what other processes wrote, so it must not name answers that they share.
    return { key: `${group}:local-${this.#localGenerations.get(group) ?? 0}:${key}`, shared: false };
  }

  async #sharedGeneration(group: string): Promise<string | undefined> {
    const known = await this.#ask("get", (redis) => redis.get(generationKey(group)));
    if (known !== null) return known;
    // Of several processes that find none, one makes it.
    await this.#ask("set", (redis) => redis.set(generationKey(group), randomUUID(), "NX"));
    return (await this.#ask("get", (redis) => redis.get(generationKey(group)))) ?? undefined;
  }

  /** Asks Redis; undefined when there is none or it does not answer. */
  async #ask<Answer>(operation: "get" | "set" | "invalidate", command: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined> {
    if (this.#redis?.status !== "ready") {
      if (this.#redis !== undefined) this.#metrics.cache_redis_errors_total.inc({ operation });
      return undefined;
    }
    try {
      return await command(this.#redis);
    } catch {
      this.#metrics.cache_redis_errors_total.inc({ operation });
      return undefined;
    }
  }

  #connect(url: string, log: Log): Redis {
    const redis = new Redis(url, {
      connectTimeout: 1_000,
      commandTimeout: REDIS_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
    });
    this.#metrics.cache_redis_up.set(0);
    let reported = false;
    redis.on("ready", () => {
      reported = false;
      this.#metrics.cache_redis_up.set(1);
      log.info("Redis answers");
      void this.#payOwedInvalidations();
    });
    redis.on("close", () => this.#metrics.cache_redis_up.set(0));
    redis.on("error", (error: Error) => {
      if (!reported) log.warn({ err: error }, "Redis does not answer; the process's own cache stands in");
      reported = true;
    });
    return redis;
  }

  /** Writes that Redis did not hear of while it was gone must not leave old answers valid. */
  async #payOwedInvalidations(): Promise<void> {
    for (const group of [...this.#owedInvalidations]) {
      this.#owedInvalidations.delete(group);
      await this.invalidate(group);
    }
  }
}

function generationKey(group: string): string {
  return `generation:${group}`;
}
