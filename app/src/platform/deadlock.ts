import { fieldOf } from "./thrown.ts";

/** How often work is begun again before its deadlock is believed. */
const ATTEMPTS = 3;

/** True when Postgres ended a transaction because it and another waited for each other's rows. */
export function isDeadlock(error: unknown): boolean {
  return fieldOf(error, "code") === "40P01";
}

/** Does `work`, a whole transaction, again when a deadlock ended it: nothing of it was stored. */
export async function despiteDeadlocks<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isDeadlock(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
