import { randomUUID } from "node:crypto";
import { ConfigMapProvider } from "@forecast-stack/flags/config-map-provider.ts";
import type { FlagMap, FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { definitions, type FlagName, type FlagValue } from "@forecast-stack/flags/definitions.ts";
import type { FlagDefinition } from "@forecast-stack/flags/flag-definition.ts";
import { FlagSet } from "@forecast-stack/flags/flag-set.ts";
import type { FlagSource } from "@forecast-stack/flags/merge-flags.ts";
import type { FlagProblem } from "@forecast-stack/flags/problem.ts";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { type Client, type EvaluationDetails, OpenFeature } from "@openfeature/server-sdk";
import type { Config } from "./config.ts";
import { flagVariables } from "./flag-variables.ts";

/** Who asks. Without a key it is the process. */
export interface FlagContext {
  /** What decides the side of a staged rollout, in the form that the flag's definition names, for example `tenant:facility:sku`. */
  readonly targetingKey?: string;
}

/** A flag's value and how it came about. */
export interface FlagAnswer<Value> {
  readonly value: Value;
  readonly variant: string;
  readonly reason: FlagSource | "error";
  /** True while a rollout gives some keys this variant and others another one. */
  readonly staged: boolean;
}

/**
 * The feature flags as the service reads them. Ask each time a value is needed:
 * it changes without a restart. Never throws: whatever happens, the answer is
 * the last good value, and the definition's safe one before there is any.
 */
export class Flags {
  readonly #set: FlagSet;
  readonly #domain = `forecast-service-${randomUUID()}`;
  readonly #metrics: Metrics;
  readonly #processKey: string;
  readonly #client: Client;

  constructor(config: Config, metrics: Metrics) {
    const environment = config.NODE_ENV === "production" || config.NODE_ENV === "staging" ? config.NODE_ENV : "dev";
    this.#set = new FlagSet({ definitions, environment, variables: flagVariables(config) });
    this.#metrics = metrics;
    this.#processKey = config.POD_NAME;
    OpenFeature.setProvider(this.#domain, new ConfigMapProvider(this.#set));
    this.#client = OpenFeature.getClient(this.#domain);
  }

  /** Equal in all processes that answer alike. */
  get revision(): string {
    return this.#set.revision;
  }

  async value<Name extends FlagName>(name: Name, context: FlagContext = {}): Promise<FlagValue<Name>> {
    return (await this.evaluate(name, context)).value;
  }

  async evaluate<Name extends FlagName>(name: Name, { targetingKey = this.#processKey }: FlagContext = {}): Promise<FlagAnswer<FlagValue<Name>>> {
    const { value, variant, flagMetadata, errorCode } = await this.#details(name, targetingKey);
    const answer = {
      // The provider holds every flag to the type of its definition.
      value: value as FlagValue<Name>,
      variant: variant ?? definitions[name].safe,
      reason: errorCode === undefined ? (flagMetadata["source"] as FlagSource) : "error",
      staged: flagMetadata["staged"] === true,
    } as const;
    this.#metrics.feature_flag_evaluations_total.inc({ flag: name, variant: answer.variant, reason: answer.reason });
    return answer;
  }

  /** The variants that this process itself is given, of the flags that it is the key of. Does not count as asking for them. */
  async ofProcess(): Promise<{ readonly flag: FlagName; readonly variant: string }[]> {
    const own = (Object.keys(definitions) as FlagName[]).filter((flag) => definitions[flag].targetingKey === "process");
    return Promise.all(own.map(async (flag) => ({ flag, variant: (await this.#details(flag, this.#processKey)).variant ?? definitions[flag].safe })));
  }

  /** Takes what a map holds now; gives what of it was ignored. */
  take(map: FlagMap, content: FlagMapContent): FlagProblem[] {
    return this.#set.take(map, content);
  }

  #details(name: FlagName, targetingKey: string): Promise<EvaluationDetails<boolean> | EvaluationDetails<number> | EvaluationDetails<string>> {
    const flag: FlagDefinition = definitions[name];
    const context = { targetingKey };
    switch (flag.type) {
      case "boolean":
        return this.#client.getBooleanDetails(name, flag.variants[flag.safe] ?? false, context);
      case "number":
        return this.#client.getNumberDetails(name, flag.variants[flag.safe] ?? 0, context);
      case "string":
        return this.#client.getStringDetails(name, flag.variants[flag.safe] ?? "", context);
    }
  }
}
