import type { FlagMap } from "./config-maps.ts";
import type { FlagProblem } from "./problem.ts";

/** Tells new problems from those that last: a leftover in a map comes again with every version of it. */
export class NewProblems {
  readonly #lasting = new Map<FlagMap, ReadonlySet<string>>();

  /** Takes all problems that a map has now; gives those that it did not have the last time. */
  take(map: FlagMap, problems: readonly FlagProblem[]): FlagProblem[] {
    const named = ({ key, message }: FlagProblem) => JSON.stringify([key, message]);
    const before = this.#lasting.get(map);
    this.#lasting.set(map, new Set(problems.map(named)));
    return problems.filter((problem) => before?.has(named(problem)) !== true);
  }
}
