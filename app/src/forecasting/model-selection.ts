import type { Accuracy } from "./accuracy.ts";
import { backtest, type BacktestPlan, shortestHistory } from "./backtest.ts";
import type { DemandProfile } from "./demand-profile.ts";
import type { Series } from "./models/forecast.ts";
import type { Model } from "./models/model.ts";
import { intermittentNames, type ModelName, type RegularName, regularNames } from "./models/models.ts";

/** What decides whether demand is intermittent (INTERMITTENT_DEMAND_*). */
export interface RuleThresholds {
  readonly zeroRatioThreshold: number;
  readonly cvSquaredThreshold: number;
}

/** What the rule says of a series: which measure decided it. */
export type Rule = "zero-ratio" | "cv-squared" | "regular";

/** The back-test of one model; null where the history is too short for one. */
export interface Score {
  readonly model: ModelName;
  readonly accuracy: Accuracy | null;
}

/**
 * The models that a series may be forecast by. `regular` is the best of the
 * regular ones, `hybrid` the one that the rule asks for, or the regular one
 * where the rule asks for it or its model did worse.
 */
export interface Selection {
  readonly rule: Rule;
  readonly ruleModel: ModelName;
  readonly regular: RegularName;
  readonly hybrid: ModelName;
  /** Why the rule's model was not taken; null when it was. */
  readonly fallback: string | null;
  /** The model that did best in the back-test, whatever the rule says; null without one. */
  readonly winner: ModelName | null;
  readonly scores: readonly Score[];
}

type Models = Readonly<Record<ModelName, Model<ModelName>>>;

/** The rule of the documents: many empty periods → Croston, otherwise high variance → TSB, otherwise a regular model. */
export function decideRule(profile: DemandProfile, { zeroRatioThreshold, cvSquaredThreshold }: RuleThresholds): Rule {
  if (profile.zeroRatio > zeroRatioThreshold) return "zero-ratio";
  if (profile.cvSquared !== null && profile.cvSquared > cvSquaredThreshold) return "cv-squared";
  return "regular";
}

/**
 * Back-tests the models that suit the series and chooses by the rule. The best
 * is the one with the smallest squared errors, because stock needs the mean of
 * demand; a rule's model whose MASE is worse than the regular one's gives way.
 */
export function selectModels(series: Series, rule: Rule, plan: BacktestPlan | null, seasonLength: number, models: Models): Selection {
  const known = plan === null ? series : shortestHistory(series, plan);
  // An item that always sells has no empty periods for the intermittent models to be about.
  const names = [...regularNames, ...(series.includes(0) || rule !== "regular" ? intermittentNames : [])].filter((name) => models[name].suits(known));
  const scores = names.map((model): Score => ({ model, accuracy: plan === null ? null : backtest(series, plan, seasonLength, models[model]) }));
  const scoreOf = (name: ModelName): Score => scores.find(({ model }) => model === name) ?? { model: name, accuracy: null };

  const regular = best(regularNames.map(scoreOf).filter(({ model, accuracy }) => accuracy !== null || model === "exponential-smoothing")).model as RegularName;
  const ruleModel = rule === "zero-ratio" ? "croston" : rule === "cv-squared" ? "tsb" : regular;
  const givesWay = absolute(scoreOf(ruleModel)) > absolute(scoreOf(regular));
  return {
    rule,
    ruleModel,
    regular,
    hybrid: givesWay ? regular : ruleModel,
    fallback: givesWay ? `${ruleModel} missed by ${shown(scoreOf(ruleModel))} in the back-test, ${regular} by ${shown(scoreOf(regular))}` : null,
    winner: plan === null ? null : best(scores).model,
    scores,
  };
}

/** The first of those with the smallest error: simpler models stand first. */
function best(scores: readonly Score[]): Score {
  return scores.reduce((found, score) => (squared(score) < squared(found) ? score : found));
}

/** All models are tested on the same periods, so RMSE orders them as RMSSE does, and the sum of errors as MASE does, also where those have no value. */
function squared({ accuracy }: Score): number {
  return accuracy?.rmse ?? 0;
}

function absolute({ accuracy }: Score): number {
  return accuracy?.errorSum ?? 0;
}

function shown({ accuracy }: Score): string {
  return accuracy?.mase == null ? `${(accuracy?.errorSum ?? 0).toFixed(1)} units` : `MASE ${accuracy.mase.toFixed(3)}`;
}
