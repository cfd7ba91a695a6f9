import { randomUUID } from "node:crypto";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Redis } from "ioredis";
import { Answer } from "./answer.ts";
import type { Log } from "./log.ts";
import { LocalStore } from "./local-store.ts";
import { pause } from "./pause.ts";

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

/** How answers age. */
export interface CacheAging {
  readonly ttlSeconds: Readonly<Record<CacheName, number>>;
  /** Milliseconds that an answer is still given after its time to live, while one process computes it anew; 0: never. */
  readonly staleMs: number;
  /** Milliseconds of computing above which an answer is logged as slow; undefined: never. */
  readonly slowMs: number | undefined;
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
/** As long as a process may take to compute an answer before another one may begin to. */
const LOCK_MS = 15_000;
const LOCK_POLL_MS = 50;

/**
 * Answers that are expensive to compute, as JSON texts, in Redis; in the process
 * while Redis does not answer: slower, never an error. Answers belong to groups;
 * a group is invalidated by a new generation, which is part of every key, so
 * that an answer that was computed before a write can never be read after it.
 * Generations are unique: Redis may forget one under memory pressure, and the
 * next must not bring answers of an older one back to life. An answer in Redis
 * that has outlived its time is given a while longer, until one process has
 * computed it anew; a write is never outlived. Of all processes one at a time
 * computes an answer; the others wait for it.
 */
export class Cache {
  readonly #redis: Redis | undefined;
  readonly #local = new LocalStore<Answer>(LOCAL_LIMITS);
  readonly #localGenerations = new Map<string, number>();
  readonly #computing = new Map<string, Promise<Answer>>();
  readonly #renewing = new Set<string>();
  readonly #owedInvalidations = new Set<string>();
  readonly #counts = { lists: { hits: 0, misses: 0 }, summaries: { hits: 0, misses: 0 }, queries: { hits: 0, misses: 0 }, forecasts: { hits: 0, misses: 0 } };
  readonly #aging: CacheAging;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #closed = new AbortController();

  constructor(options: { redisUrl: string | undefined; aging: CacheAging; metrics: Metrics; log: Log }) {
    this.#aging = options.aging;
    this.#metrics = options.metrics;
    this.#log = options.log;
    this.#redis = options.redisUrl === undefined ? undefined : this.#connect(options.redisUrl, options.log);
  }

  /**
   * The cached answer, or the one that `compute` gives, which is then cached.
   * Callers that ask for the same answer at the same time share one computation.
   */
  async answer(entry: CacheEntry, compute: () => Promise<unknown>): Promise<Answer> {
    const ttl = this.#aging.ttlSeconds[entry.cache];
    if (ttl === 0) return new Answer(JSON.stringify(await compute()), 0);
    const place = await this.#placeOf(entry);
    const cached = await this.#get(place);
    if (cached !== undefined) {
      this.#counts[entry.cache].hits += 1;
      this.#metrics.cache_hits_total.inc({ cache: entry.cache });
      if (cached.freshUntil <= Date.now()) this.#renewInBackground(place, entry, compute);
      return cached;
    }
    this.#counts[entry.cache].misses += 1;
    this.#metrics.cache_misses_total.inc({ cache: entry.cache });
    return this.#computing.get(place.key) ?? this.#fill(place, entry.cache, compute);
  }

  /** Computes an answer and keeps it, whether or not there is one; for answers that will be asked for. */
  async refresh(entry: CacheEntry, compute: () => Promise<unknown>): Promise<void> {
    if (this.enabled(entry.cache)) await this.#compute(await this.#placeOf(entry), entry.cache, compute);
  }

  /** Forgets what has outlived its time in this process; Redis does so by itself. */
  clearStale(): void {
    this.#metrics.cache_stale_cleared_total.inc(this.#local.clearExpired());
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
    return this.#aging.ttlSeconds[cache] > 0;
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
    this.#closed.abort();
    this.#redis?.disconnect();
  }

  async #fill(place: Place, cache: CacheName, compute: () => Promise<unknown>): Promise<Answer> {
    const computation = this.#computeOnce(place, cache, compute).finally(() => this.#computing.delete(place.key));
    this.#computing.set(place.key, computation);
    return computation;
  }

  /** Computes the answer, or waits for the process that does. */
  async #computeOnce(place: Place, cache: CacheName, compute: () => Promise<unknown>): Promise<Answer> {
    while (place.shared) {
      const lock = await this.#lock(place);
      // Without an answer of Redis there is nothing to wait for.
      if (lock === undefined) break;
      if (lock !== null) return this.#compute(place, cache, compute).finally(() => this.#unlock(place, lock));
      await pause(LOCK_POLL_MS, this.#closed.signal);
      const computed = await this.#get(place);
      if (computed !== undefined) return computed;
    }
    return this.#compute(place, cache, compute);
  }

  async #compute({ key, shared }: Place, cache: CacheName, compute: () => Promise<unknown>): Promise<Answer> {
    const started = performance.now();
    const text = JSON.stringify(await compute());
    const elapsedMs = performance.now() - started;
    this.#metrics.cache_rebuild_duration_seconds.observe({ cache }, elapsedMs / 1_000);
    const { slowMs, staleMs } = this.#aging;
    if (slowMs !== undefined && elapsedMs > slowMs) this.#log.warn({ cache, elapsedMs: Math.round(elapsedMs) }, "computing an answer for the cache was slow");
    const ttlMs = this.#aging.ttlSeconds[cache] * 1_000;
    const answer = new Answer(text, Date.now() + ttlMs);
    this.#local.set(key, answer, Math.min(ttlMs, LOCAL_TTL_MS));
    if (shared) await this.#ask("set", (redis) => redis.set(key, answer.kept, "PX", ttlMs + staleMs));
    return answer;
  }

  /** Gives way to the process that is at it already. */
  #renewInBackground(place: Place, { cache }: CacheEntry, compute: () => Promise<unknown>): void {
    this.#metrics.cache_stale_served_total.inc({ cache });
    if (this.#renewing.has(place.key)) return;
    const renewal = (async () => {
      const lock = await this.#lock(place);
      if (typeof lock === "string") await this.#compute(place, cache, compute).finally(() => this.#unlock(place, lock));
    })();
    this.#renewing.add(place.key);
    void renewal
      .catch((error: unknown) => this.#log.warn({ err: error, cache }, "an answer of the cache could not be computed anew; the next reader tries again"))
      .finally(() => this.#renewing.delete(place.key));
  }

  /** The lock of an answer; null when another process has it, undefined when Redis does not answer. */
  async #lock({ key }: Place): Promise<string | null | undefined> {
    const token = randomUUID();
    const taken = await this.#ask("set", (redis) => redis.set(`lock:${key}`, token, "PX", LOCK_MS, "NX"));
    return taken === "OK" ? token : taken;
  }

  async #unlock({ key }: Place, token: string): Promise<void> {
    // A lock that ran out meanwhile may be another process's.
    if ((await this.#ask("get", (redis) => redis.get(`lock:${key}`))) === token) await this.#ask("set", (redis) => redis.del(`lock:${key}`));
  }

  /**
   * A copy in the process is as good as the one in Redis, whose generation is
   * part of its key, until its time is over; a large answer is then not sent
   * here for every reader.
   */
  async #get({ key, shared }: Place): Promise<Answer | undefined> {
    const own = this.#local.get(key);
    if (!shared || (own !== undefined && own.freshUntil > Date.now())) return own;
    const kept = await this.#ask("get", (redis) => redis.get(key));
    if (kept === undefined) return own;
    if (kept === null) return undefined;
    const answer = Answer.of(kept);
    this.#local.set(key, answer, LOCAL_TTL_MS);
    return answer;
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
