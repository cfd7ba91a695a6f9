import type { FlagMap, FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import type { Environment, FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import { FlagSet } from "@forecast-stack/flags/flag-set.ts";
import { inForce } from "@forecast-stack/flags/overrides.ts";
import type { FlagProblem } from "@forecast-stack/flags/problem.ts";

/** The flags as the pods have them: what was good before an entry became wrong stays, here as there. */
export class PodFlags {
  readonly #set: FlagSet;
  #ignored: readonly FlagProblem[] = [];

  constructor(definitions: FlagDefinitions, environment: Environment) {
    this.#set = new FlagSet({ definitions, environment, variables: {} });
  }

  take(maps: Readonly<Record<FlagMap, FlagMapContent>>): void {
    this.#ignored = (["definitions", "overrides", "rollouts"] as const).flatMap((map) => this.#set.take(map, maps[map]));
  }

  /** What a pod reports that has seen these maps. */
  get revision(): string {
    return this.#set.revision;
  }

  /** Entries that do not count. In a pod that has started since, or has not, something else may have been good before them. */
  get ignored(): readonly FlagProblem[] {
    return this.#ignored;
  }

  /** Whether everybody has one value of a flag, because a person wants it so. */
  isOverridden(flag: string, now: Date): boolean {
    return Object.hasOwn(inForce(this.#set.overrides, now.getTime()).overrides, flag);
  }
}
