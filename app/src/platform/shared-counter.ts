import { type ClientRateLimitInfo, MemoryStore, type Options, type Store } from "express-rate-limit";
import { RedisStore, type RedisReply } from "rate-limit-redis";
import type { Cache } from "./cache.ts";

/**
 * Counts events of a key within a window of time that begins with the first one.
 * All processes count together in Redis; while it does not answer each counts by
 * itself, so that a limit then holds per process instead of not at all.
 */
export class SharedCounter implements Store {
  readonly prefix: string;
  readonly #cache: Cache;
  readonly #shared: RedisStore;
  readonly #local = new MemoryStore();
  readonly #window: Options;
  /** The store's scripts are loaded once per connection that answers. */
  #loaded = false;

  /** @param name names what is counted, for example `requests` */
  constructor({ cache, name, windowMs }: { readonly cache: Cache; readonly name: string; readonly windowMs: number }) {
    this.prefix = `count:${name}:`;
    this.#cache = cache;
    this.#shared = new RedisStore({ prefix: this.prefix, sendCommand: async (command: string, ...values: string[]) => (await cache.command(command, ...values)) as RedisReply });
    this.#window = { windowMs } as Options;
    this.#local.init(this.#window);
  }

  /** Counts one event and gives how many there are now, and when the window ends. */
  async increment(key: string): Promise<ClientRateLimitInfo> {
    return this.#ask((store) => store.increment(key));
  }

  /** Takes one event back. */
  async decrement(key: string): Promise<void> {
    await this.#ask((store) => store.decrement(key));
  }

  /** Begins anew. */
  async resetKey(key: string): Promise<void> {
    await this.#ask((store) => store.resetKey(key));
  }

  async #ask<Answer>(command: (store: RedisStore | MemoryStore) => Promise<Answer>): Promise<Answer> {
    if (this.#cache.redisUp() !== true) return command(this.#local);
    try {
      if (!this.#loaded) await this.#shared.init(this.#window);
      this.#loaded = true;
      return await command(this.#shared);
    } catch {
      this.#loaded = false;
      return command(this.#local);
    }
  }
}
