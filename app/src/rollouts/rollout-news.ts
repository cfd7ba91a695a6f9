import type { Log } from "../platform/log.ts";
import { rolloutEvent } from "./rollout-event.ts";
import type { RolloutMapStore } from "./rollout-maps.ts";

export interface RolloutNewsParts {
  readonly store: Pick<RolloutMapStore, "tell">;
  readonly namespace: string;
  readonly log: Log;
}

/** Which version of the rollouts map is told about. */
interface MapVersion {
  readonly uid: string;
  readonly version: string;
}

export type Problem = "RolloutInvalid" | "RolloutNotLed" | "RolloutRecordFailed" | "RolloutNoticeFailed";

/** Tells of rollouts by Events on their map; problems by the log, too, and each once for as long as it lasts. */
export class RolloutNews {
  readonly #parts: RolloutNewsParts;
  /** What was told of each rollout, by what it is about. */
  readonly #told = new Map<string, Map<Problem, string>>();

  constructor(parts: RolloutNewsParts) {
    this.#parts = parts;
  }

  /** Never rejects: an Event that cannot be written is logged. */
  tell({ uid, version }: MapVersion, reason: string, message: string, warning: boolean): void {
    const { store, log, namespace } = this.#parts;
    store.tell(rolloutEvent({ reason, message, warning, namespace, uid, version, now: new Date() })).catch((error: unknown) => log.warn({ err: error }, "an Event could not be written"));
  }

  /** Tells a problem of a rollout, unless the same was told last and is not over. */
  problem(map: MapVersion, rollout: string, problem: Problem, message: string): void {
    const told = this.#told.get(rollout) ?? new Map<Problem, string>();
    if (told.get(problem) === message) return;
    this.#told.set(rollout, told.set(problem, message));
    this.#parts.log.warn({ reason: problem }, message);
    this.tell(map, problem, message, true);
  }

  /** When it comes again, it is news again. */
  over(rollout: string, problem: Problem): void {
    this.#told.get(rollout)?.delete(problem);
  }

  /** Forgets all rollouts but these. */
  keep(rollouts: readonly string[]): void {
    for (const name of this.#told.keys()) if (!rollouts.includes(name)) this.#told.delete(name);
  }
}
