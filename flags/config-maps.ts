/** The three ConfigMaps of the feature flags: the program owns the definitions, people the overrides, the rollout controller the rollouts. */
export const flagConfigMaps = { definitions: "feature-flags", overrides: "feature-flag-overrides", rollouts: "feature-flag-rollouts" } as const;

/** Beside them: why rollouts went on or back. Nobody evaluates it. */
export const rolloutRecordsMap = "feature-flag-rollout-records";

export type FlagMap = keyof typeof flagConfigMaps;

/** The key of `feature-flags` that holds the flagd document. */
export const definitionsKey = "flags.json";

/** What one of the maps holds, as the API server or a mounted directory shows it. */
export interface FlagMapContent {
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
