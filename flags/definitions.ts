import type { FlagDefinition } from "./flag-definition.ts";

const onOff = { on: true, off: false } as const;
const everywhere = <Variant extends string>(variant: Variant) => ({ dev: variant, staging: variant, production: variant });

/**
 * Every feature flag of the product. A flag that is not here does not exist: an
 * override of it is refused, and evaluating it is a type error.
 */
export const definitions = {
  STREAMING_BATCH_DELAY_MS: {
    type: "number",
    variants: { "delay-500": 500, "delay-300": 300 },
    minimum: 0,
    maximum: 60_000,
    default: { dev: "delay-300", staging: "delay-300", production: "delay-500" },
    safe: "delay-500",
    targetingKey: "process",
    owner: "forecasting",
    description: "Pause between two batches of a forecast run, in milliseconds, which lets memory settle; 500 is proven, 300 saves 1.4 s a run",
    expires: "2027-06-30",
  },
  ENABLE_PREDICTIVE_PREFETCH: {
    type: "boolean",
    variants: onOff,
    default: { dev: "on", staging: "on", production: "off" },
    safe: "off",
    targetingKey: "process",
    owner: "forecasting",
    description: "Fill the cache with the most frequent queries two minutes after a deploy and before the morning and the afternoon peak",
    expires: "2027-06-30",
  },
  PREFETCH_INCLUDE_RECENT: {
    type: "boolean",
    variants: onOff,
    default: everywhere("on"),
    safe: "on",
    targetingKey: "process",
    owner: "forecasting",
    description: "Prefetch the queries of the last 24 hours beside the most frequent ones",
    expires: "2027-06-30",
  },
  PREFETCH_TOP_N_QUERIES: {
    type: "number",
    variants: { "top-50": 50 },
    minimum: 0,
    maximum: 1000,
    default: everywhere("top-50"),
    safe: "top-50",
    targetingKey: "process",
    owner: "forecasting",
    description: "How many of the most frequent queries a prefetch computes",
    expires: "2027-06-30",
  },
  ENABLE_HYBRID_FORECASTING: {
    type: "boolean",
    variants: onOff,
    default: { dev: "on", staging: "off", production: "off" },
    safe: "off",
    targetingKey: "tenant:facility:sku",
    owner: "forecasting",
    description: "Forecast items with intermittent demand by Croston or TSB instead of the regular model",
    expires: "2027-06-30",
  },
  BIN_OPTIMIZATION_ALGORITHM: {
    type: "string",
    variants: { ffd: "FFD", bfd: "BFD", hybrid: "HYBRID" },
    default: { dev: "hybrid", staging: "hybrid", production: "ffd" },
    safe: "ffd",
    targetingKey: "tenant:facility",
    owner: "warehouse",
    description: "How putaway packs bins: first fit decreasing, best fit decreasing, or by the shape of the batch",
    expires: "2027-06-30",
  },
  SKU_AFFINITY_ENABLED: {
    type: "boolean",
    variants: onOff,
    default: { dev: "on", staging: "on", production: "off" },
    safe: "off",
    targetingKey: "tenant:facility",
    owner: "warehouse",
    description: "Place items near those that are ordered together with them",
    expires: "2027-06-30",
  },
  CROSS_DOCK_ENABLED: {
    type: "boolean",
    variants: onOff,
    default: { dev: "on", staging: "on", production: "off" },
    safe: "off",
    targetingKey: "tenant:facility",
    owner: "warehouse",
    description: "Send received goods that an open order waits for straight to shipping",
    expires: "2027-06-30",
  },
  ML_MODEL_ENABLED: {
    type: "boolean",
    variants: onOff,
    default: { dev: "on", staging: "on", production: "off" },
    safe: "off",
    targetingKey: "tenant:facility",
    owner: "warehouse",
    description: "Correct the confidence of putaway recommendations by the learned model",
    expires: "2027-06-30",
  },
  DATA_QUALITY_MONITORING_ENABLED: {
    type: "boolean",
    variants: onOff,
    default: everywhere("on"),
    safe: "off",
    targetingKey: "tenant:facility",
    owner: "warehouse",
    description: "Record dimension checks and capacity failures of putaway, and remedy what can be",
    expires: "2027-06-30",
  },
  STATISTICAL_ANALYSIS_ENABLED: {
    type: "boolean",
    variants: onOff,
    default: everywhere("on"),
    safe: "off",
    targetingKey: "tenant:facility",
    owner: "warehouse",
    description: "Compute the statistics of bin use: confidence, correlations, outliers, comparisons of algorithms",
    expires: "2027-06-30",
  },
} as const satisfies Readonly<Record<string, FlagDefinition>>;

export type FlagName = keyof typeof definitions;

type Widened<Value> = Value extends boolean ? boolean : Value extends number ? number : string;

/** The type that a flag evaluates to. */
export type FlagValue<Name extends FlagName> = Widened<(typeof definitions)[Name]["variants"][keyof (typeof definitions)[Name]["variants"]]>;
