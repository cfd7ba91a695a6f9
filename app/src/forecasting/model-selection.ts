import type { Accuracy } from "./accuracy.ts";
import { backtest, type BacktestPlan, type Fit } from "./backtest.ts";
import type { DemandProfile } from "./demand-profile.ts";
import { fitCroston } from "./models/croston.ts";
import { fitExponentialSmoothing } from "./models/exponential-smoothing.ts";
import type { Series } from "./models/forecast.ts";
import { fitHoltWinters, SEASONS_NEEDED } from "./models/holt-winters.ts";
import { fitTsb } from "./models/tsb.ts";

export const modelNames = ["holt-winters", "exponential-smoothing", "croston", "tsb"] as const;
export type ModelName = (typeof modelNames)[number];

/** The documents' settings of the choice (ENABLE_HYBRID_FORECASTING, INTERMITTENT_DEMAND_*, CROSTON_ALPHA, TSB_*). */
export interface SelectionSettings {
  /** False: regular models for every item. */
  readonly hybrid: boolean;
  readonly zeroRatioThreshold: number;
  readonly cvSquaredThreshold: number;
  readonly crostonAlpha: number;
  readonly tsbAlpha: number;
  readonly tsbBeta: number;
}

/**
 * The rule's model gives way when its back-test missed by more than this times
 * the regular one's. Sums of |error| favour forecasts that are too low where
 * most periods are empty, so a smaller difference says nothing against it.
 */
const FALLBACK_FACTOR = 1.1;

/** What the rule says of a series, and which measure decided it. */
export type Rule = "zero-ratio" | "cv-squared" | "regular" | "hybrid-off";

/** The chosen model and why. */
export interface Selection {
  readonly model: ModelName;
  readonly fit: Fit;
  readonly rule: Rule;
  /** The model that the rule asks for. */
  readonly ruleModel: ModelName;
  /** Why the rule's model was not taken; null when it was. */
  readonly fallback: string | null;
  /** The back-test of every candidate; null where the history is too short for one. */
  readonly scores: readonly { readonly model: ModelName; readonly accuracy: Accuracy | null }[];
}

interface Candidate {
  readonly model: ModelName;
  readonly fit: Fit;
  readonly accuracy: Accuracy | null;
}

/**
 * Chooses a model by the rule: many empty periods → Croston, otherwise high
 * variance → TSB, otherwise a regular model, which is the better in the
 * back-test of Holt-Winters and exponential smoothing. A rule's model that did
 * clearly worse in the back-test than the regular one gives way to it.
 */
export function selectModel(series: Series, profile: DemandProfile, plan: BacktestPlan | null, seasonLength: number, settings: SelectionSettings): Selection {
  const candidate = (model: ModelName, fit: Fit): Candidate => ({ model, fit, accuracy: plan === null ? null : backtest(series, plan, seasonLength, fit) });
  const smoothing = candidate("exponential-smoothing", fitExponentialSmoothing);
  const shortestHistory = plan?.origins[0] ?? series.length;
  const seasonal =
    shortestHistory >= SEASONS_NEEDED * seasonLength ? candidate("holt-winters", (history) => fitHoltWinters(history, seasonLength)) : undefined;
  const regular = seasonal !== undefined && error(seasonal) <= error(smoothing) ? seasonal : smoothing;
  const regulars = seasonal === undefined ? [smoothing] : [seasonal, smoothing];

  const rule = decideRule(profile, settings);
  if (rule === "regular" || rule === "hybrid-off") return choose(regular, rule, regular.model, null, regulars);
  const wanted =
    rule === "zero-ratio"
      ? candidate("croston", (history) => fitCroston(history, settings.crostonAlpha))
      : candidate("tsb", (history) => fitTsb(history, settings.tsbAlpha, settings.tsbBeta));
  const candidates = [wanted, ...regulars];
  if (error(wanted) > FALLBACK_FACTOR * error(regular)) {
    const fallback = `${wanted.model} missed by ${shown(wanted)} in the back-test, ${regular.model} by ${shown(regular)}`;
    return choose(regular, rule, wanted.model, fallback, candidates);
  }
  return choose(wanted, rule, wanted.model, null, candidates);
}

function decideRule(profile: DemandProfile, settings: SelectionSettings): Rule {
  if (!settings.hybrid) return "hybrid-off";
  if (profile.zeroRatio > settings.zeroRatioThreshold) return "zero-ratio";
  if (profile.cvSquared !== null && profile.cvSquared > settings.cvSquaredThreshold) return "cv-squared";
  return "regular";
}

function choose({ model, fit }: Candidate, rule: Rule, ruleModel: ModelName, fallback: string | null, candidates: readonly Candidate[]): Selection {
  return { model, fit, rule, ruleModel, fallback, scores: candidates.map(({ model: name, accuracy }) => ({ model: name, accuracy })) };
}

/** All candidates are tested on the same periods, so the sum of errors orders them as MASE does, and has a value where MASE has none. */
function error({ accuracy }: Candidate): number {
  return accuracy?.errorSum ?? 0;
}

function shown({ accuracy }: Candidate): string {
  return accuracy?.mase == null ? `${(accuracy?.errorSum ?? 0).toFixed(1)} units` : `MASE ${accuracy.mase.toFixed(3)}`;
}
