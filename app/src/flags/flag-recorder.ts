import type { FlagMap } from "@forecast-stack/flags/config-maps.ts";
import type { Database } from "../platform/db.ts";
import { changesOf } from "./map-changes.ts";
import type { ObservedMap } from "./observed-map.ts";
import { appendChanges, lockHistory } from "./sql/append-changes.ts";
import { recordedMap } from "./sql/recorded-maps.ts";

/** Versions of the maps that wait for the database. */
const MOST_WAITING = 2_000;
/** Versions that one transaction records. */
const AT_ONCE = 100;

/**
 * Writes what changes in the flags' ConfigMaps into their history. Every worker
 * does, and what was changed is compared with the history itself, so that it
 * does not matter which of them is first, late, or was away.
 */
export class FlagRecorder {
  readonly #database: Database;
  #waiting: ObservedMap[] = [];
  readonly #newest = new Map<FlagMap, ObservedMap>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Takes a version of a map, to be recorded by the next call of `record`. */
  observe(observed: ObservedMap): void {
    this.#newest.set(observed.map, observed);
    this.#waiting.push(observed);
    // The newest versions hold what the dropped ones changed, in one step.
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  /**
   * Records what waits. Then, and when nothing waits, the newest versions: what
   * another process recorded in between out of its turn is put right.
   *
   * @returns how many changes were added
   */
  async record(): Promise<number> {
    let added = 0;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, AT_ONCE);
      added += await this.#recordBatch(batch);
      const done = new Set(batch);
      this.#waiting = this.#waiting.filter((observed) => !done.has(observed));
    }
    return added + (await this.#recordBatch([...this.#newest.values()]));
  }

  async #recordBatch(batch: readonly ObservedMap[]): Promise<number> {
    if (batch.length === 0) return 0;
    return this.#database.transaction(async (transaction) => {
      await lockHistory(transaction);
      let added = 0;
      for (const observed of batch) {
        const changes = changesOf(await recordedMap(transaction, observed.map), observed);
        if (changes.length > 0) await appendChanges(transaction, changes);
        added += changes.length;
      }
      return added;
    });
  }
}
