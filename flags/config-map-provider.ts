import type { EvaluationContext, JsonValue, Logger, Provider, ResolutionDetails } from "@openfeature/server-sdk";
import type { FlagSet } from "./flag-set.ts";

/** OpenFeature's door to a flag set: evaluates in this process, without a call to anything. */
export class ConfigMapProvider implements Provider {
  readonly metadata = { name: "forecast-stack" } as const;
  readonly runsOn = "server";
  readonly #flags: FlagSet;

  constructor(flags: FlagSet) {
    this.#flags = flags;
  }

  resolveBooleanEvaluation(flag: string, byDefault: boolean, context: EvaluationContext, logger: Logger): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(this.#flags.core.resolveBooleanEvaluation(flag, byDefault, context, logger));
  }

  resolveStringEvaluation(flag: string, byDefault: string, context: EvaluationContext, logger: Logger): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.#flags.core.resolveStringEvaluation(flag, byDefault, context, logger));
  }

  resolveNumberEvaluation(flag: string, byDefault: number, context: EvaluationContext, logger: Logger): Promise<ResolutionDetails<number>> {
    return Promise.resolve(this.#flags.core.resolveNumberEvaluation(flag, byDefault, context, logger));
  }

  resolveObjectEvaluation<Value extends JsonValue>(flag: string, byDefault: Value, context: EvaluationContext, logger: Logger): Promise<ResolutionDetails<Value>> {
    return Promise.resolve(this.#flags.core.resolveObjectEvaluation(flag, byDefault, context, logger));
  }
}
