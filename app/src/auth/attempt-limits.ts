import type { Response } from "express";
import type { Cache } from "../platform/cache.ts";
import { TooManyRequestsError } from "../platform/errors.ts";
import { SharedCounter } from "../platform/shared-counter.ts";

const MINUTE_MS = 60_000;

interface Limit {
  readonly counter: SharedCounter;
  readonly most: number;
}

/** Which of its callers an attempt counts for. */
export interface Attempt {
  readonly email: string;
  readonly ip: string;
}

/**
 * Limits guesses: of one account few at a time and no more than 100 a day (the
 * bound of NIST SP 800-63B), of one IP address as many as a whole office may
 * mistype. An account that does not exist is limited like any other.
 */
export class AttemptLimits {
  readonly #ofAccount: readonly Limit[];
  readonly #ofAddress: Limit;

  /** @param what names what is attempted, for example `login` */
  constructor(cache: Cache, what: string) {
    const limit = (whose: string, most: number, minutes: number): Limit => ({ counter: new SharedCounter({ cache, name: `${what}-${whose}`, windowMs: minutes * MINUTE_MS }), most });
    this.#ofAccount = [limit("account", 10, 15), limit("account-day", 100, 24 * 60)];
    this.#ofAddress = limit("address", 100, 15);
  }

  /**
   * Counts an attempt before it is made, so that many at once are not more than
   * one after the other.
   *
   * @throws TooManyRequestsError beyond a limit; the response then says when to come back
   */
  async begin({ email, ip }: Attempt, response: Response): Promise<void> {
    const counts = [{ ...this.#ofAddress, key: ip }, ...this.#ofAccount.map((limit) => ({ ...limit, key: email }))];
    for (const { counter, most, key } of counts) {
      const { totalHits, resetTime } = await counter.increment(key);
      if (totalHits <= most) continue;
      const seconds = Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1_000));
      response.set("Retry-After", String(seconds));
      throw new TooManyRequestsError(`Too many attempts; try again in ${seconds} seconds.`);
    }
  }

  /** Who has succeeded was not guessing. */
  async succeeded({ email, ip }: Attempt): Promise<void> {
    await Promise.all([this.#ofAddress.counter.decrement(ip), this.forgive(email)]);
  }

  /** Lifts the limits of an account, for example after its password was reset. */
  async forgive(email: string): Promise<void> {
    await Promise.all(this.#ofAccount.map(({ counter }) => counter.resetKey(email)));
  }
}
