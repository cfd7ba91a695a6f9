import type { Request, Response } from "express";
import type { z } from "zod";
import type { Cache, CacheName } from "./cache.ts";
import type { TenantDatabase } from "./db.ts";
import { valueOrUndefined } from "./json-text.ts";
import { type CompressionSettings, sendAnswer } from "./send-answer.ts";

/** A query whose answers are cached, as data: it can be computed before it is asked for. */
export interface CachedQuery<Input> {
  /** Names it, for example `items.list`. */
  readonly name: string;
  readonly cache: CacheName;
  /** What it can be asked for; also reads it from the log of queries. */
  readonly input: z.ZodType<Input>;
  /** What is asked for so often that the cache is filled with it even when nothing is known yet; absent where everybody asks for something else. */
  readonly usual?: Input;
  /** What invalidates the tenant's answers. */
  group(tenant: string): string;
  compute(database: TenantDatabase, input: Input): Promise<unknown>;
}

/** Hears of every query that was answered. */
export interface QueryObserver {
  /** @param pattern the query's name and what it was asked for, never who asked */
  record(tenant: string, pattern: string, durationMs: number): void;
}

/** A request that asks for the rows of a tenant. */
export interface AskedBy {
  readonly database: TenantDatabase;
  readonly request: Request;
  readonly response: Response;
}

/** Answers queries from the cache, and fills it with what was written down of them. */
export class CachedQueries {
  readonly #cache: Cache;
  readonly #compression: CompressionSettings;
  readonly #observer: QueryObserver;
  // Each computes what its own schema gave.
  readonly #known: readonly CachedQuery<unknown>[];

  constructor({ cache, compression, observer }: { readonly cache: Cache; readonly compression: CompressionSettings; readonly observer: QueryObserver }, known: readonly CachedQuery<unknown>[]) {
    this.#cache = cache;
    this.#compression = compression;
    this.#observer = observer;
    this.#known = known;
  }

  /** Answers a request with what a query gives. */
  async send<Input>(query: CachedQuery<Input>, { database, request, response }: AskedBy, input: Input): Promise<void> {
    const started = performance.now();
    const key = JSON.stringify(input);
    const answer = await this.#cache.answer({ cache: query.cache, group: query.group(database.tenant), key }, () => query.compute(database, input));
    this.#observer.record(database.tenant, `${query.name} ${key}`, performance.now() - started);
    await sendAnswer(request, response, answer, this.#compression);
  }

  /** What the cache is filled with while nothing is known of the queries. */
  get usualPatterns(): string[] {
    return this.#known.flatMap(({ name, usual }) => (usual === undefined ? [] : [`${name} ${JSON.stringify(usual)}`]));
  }

  /** Computes what a pattern stands for; false when this release has no such query. */
  async refresh(database: TenantDatabase, pattern: string): Promise<boolean> {
    const [name] = pattern.split(" ", 1);
    const query = this.#known.find((known) => known.name === name);
    const parsed = query?.input.safeParse(valueOrUndefined(pattern.slice(String(name).length + 1)));
    if (query === undefined || parsed?.success !== true) return false;
    const input = parsed.data;
    await this.#cache.refresh({ cache: query.cache, group: query.group(database.tenant), key: JSON.stringify(input) }, () => query.compute(database, input));
    return true;
  }
}
