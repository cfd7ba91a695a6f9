import { createHash } from "node:crypto";
import { FlagdCore } from "@openfeature/flagd-core";
import type { FlagMap, FlagMapContent } from "./config-maps.ts";
import { type Exposures, readExposures } from "./exposures.ts";
import type { Environment, FlagDefinitions } from "./flag-definition.ts";
import type { Value } from "./flag-text.ts";
import { mergeFlags } from "./merge-flags.ts";
import { inForce, type Overrides, readOverrides } from "./overrides.ts";
import type { FlagProblem } from "./problem.ts";
import { type DefaultVariants, readDefaults } from "./read-definitions.ts";

export interface FlagSetOptions {
  readonly definitions: FlagDefinitions;
  /** Whose defaults hold until the map `feature-flags` was read. */
  readonly environment: Environment;
  /** Values of variables of the flags' names. */
  readonly variables: Readonly<Record<string, Value>>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/**
 * The flags of one process: takes the contents of the three maps as they come,
 * keeps what was good, and answers through flagd's evaluator.
 */
export class FlagSet {
  readonly #options: FlagSetOptions;
  readonly #now: () => number;
  #defaults: DefaultVariants;
  #overrides: Overrides = {};
  #exposures: Exposures = {};
  #core: FlagdCore;
  #revision = "";
  #nextEnd: number | undefined;

  constructor(options: FlagSetOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#defaults = Object.fromEntries(Object.entries(options.definitions).map(([name, flag]) => [name, flag.default[options.environment]]));
    this.#core = this.#merge();
  }

  /** flagd's evaluator over all layers, as they are now. */
  get core(): FlagdCore {
    if (this.#nextEnd !== undefined && this.#nextEnd <= this.#now()) this.#core = this.#merge();
    return this.#core;
  }

  /** What people have set, also what has ended. */
  get overrides(): Overrides {
    return this.#overrides;
  }

  /** Twelve hexadecimal digits of what all processes share: two with the same revision answer alike. */
  get revision(): string {
    return this.#revision;
  }

  /** Takes the content of a map over the one before; gives what of it was ignored. */
  take(map: FlagMap, content: FlagMapContent): FlagProblem[] {
    const problems = this.#read(map, content);
    this.#core = this.#merge();
    return problems;
  }

  #read(map: FlagMap, content: FlagMapContent): FlagProblem[] {
    const { definitions } = this.#options;
    switch (map) {
      case "definitions": {
        const { defaults, problems } = readDefaults(definitions, content);
        if (defaults !== undefined) this.#defaults = { ...this.#defaults, ...defaults };
        return problems;
      }
      case "overrides": {
        const { overrides, problems } = readOverrides(definitions, content, this.#overrides);
        this.#overrides = overrides;
        return problems;
      }
      case "rollouts": {
        const { exposures, problems } = readExposures(definitions, content, this.#exposures);
        this.#exposures = exposures;
        return problems;
      }
    }
  }

  #merge(): FlagdCore {
    const { overrides, nextEnd } = inForce(this.#overrides, this.#now());
    const layers = { overrides, exposures: this.#exposures, defaults: this.#defaults };
    const core = new FlagdCore(undefined, silent);
    core.setConfigurations(JSON.stringify({ flags: mergeFlags(this.#options.definitions, { ...layers, environment: this.#options.variables }) }));
    this.#revision = revisionOf(layers);
    this.#nextEnd = nextEnd;
    return core;
  }
}

function revisionOf({ overrides, exposures, defaults }: { readonly overrides: Overrides; readonly exposures: Exposures; readonly defaults: DefaultVariants }): string {
  const values = Object.entries(overrides).map(([flag, { value }]): [string, Value] => [flag, value]);
  const shared = [values, Object.values(exposures).map(({ flag, variant, weight, cohort = [] }) => [flag, variant, weight, ...cohort]), Object.entries(defaults)].map((entries) => entries.map((entry) => JSON.stringify(entry)).sort());
  return createHash("sha256").update(JSON.stringify(shared)).digest("hex").slice(0, 12);
}
