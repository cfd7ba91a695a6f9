import type { FlagMap, FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import type { FlagMapVersion } from "@forecast-stack/flags/flag-watch.ts";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { pause } from "../platform/pause.ts";
import { FlagRecorder } from "./flag-recorder.ts";
import { observeMap } from "./observed-map.ts";
import { OverrideRemover } from "./override-remover.ts";
import { settledFlags } from "./sql/settled-flags.ts";

/** The longest that the keeper rests. */
const LOOK_EVERY_MS = 60_000;
/** How soon it tries again what failed. */
const RETRY_MS = 2_000;

/**
 * Looks after the flags of a stack, in each of its workers: records what is
 * changed, takes away overrides whose time is over, and tells which flags have
 * stopped being a question. None of it matters for what flags answer; that every
 * process decides for itself.
 */
export class FlagKeeper {
  readonly #database: Database;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #recorder: FlagRecorder;
  readonly #remover: OverrideRemover;
  #resting = new AbortController();
  readonly #failing = new Set<string>();

  constructor({ database, metrics, log }: { readonly database: Database; readonly metrics: Metrics; readonly log: Log }) {
    this.#database = database;
    this.#metrics = metrics;
    this.#log = log;
    this.#recorder = new FlagRecorder(database);
    this.#remover = new OverrideRemover(log);
  }

  /** Takes a version of a map that the API server told of. */
  observe(map: FlagMap, content: FlagMapContent, version: FlagMapVersion): void {
    this.#recorder.observe(observeMap(definitions, map, content, version, new Date()));
    if (map === "overrides") this.#remover.observe(content, version);
    this.#resting.abort();
  }

  /** Works until `signal` is aborted. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#resting = new AbortController();
      const recorded = await this.#tried("the changes of the flags could not be recorded; they are kept until they can be", async () => {
        await this.#recorder.record();
        await this.#observeSettled();
        return LOOK_EVERY_MS;
      });
      const ended = await this.#tried("an override that has ended could not be taken away; it has no effect any more", async () => ((await this.#remover.removeEnded(new Date())) ?? Number.POSITIVE_INFINITY) - Date.now());
      await pause(Math.max(0, Math.min(recorded, ended, LOOK_EVERY_MS)), AbortSignal.any([signal, this.#resting.signal]));
    }
  }

  async #observeSettled(): Promise<void> {
    const settled = await settledFlags(this.#database);
    this.#metrics.feature_flag_settled_timestamp_seconds.reset();
    for (const { flag, since } of settled) this.#metrics.feature_flag_settled_timestamp_seconds.set({ flag }, since.getTime() / 1_000);
  }

  /** How long to rest after some work; the first of several failures in a row is told. */
  async #tried(failure: string, work: () => Promise<number>): Promise<number> {
    try {
      const rest = await work();
      this.#failing.delete(failure);
      return rest;
    } catch (error) {
      if (!this.#failing.has(failure)) this.#log.warn({ err: error }, failure);
      this.#failing.add(failure);
      return RETRY_MS;
    }
  }
}
