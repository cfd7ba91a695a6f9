import type { Accuracy } from "./accuracy.ts";
import { planBacktest } from "./backtest.ts";
import { type DemandProfile, profileDemand } from "./demand-profile.ts";
import { type DemandPeriod, seasonLengths } from "./demand-series.ts";
import { type ModelName, type Rule, selectModel, type SelectionSettings } from "./model-selection.ts";
import { type Forecast, forecastWith, type Series } from "./models/forecast.ts";
import { SEASONS_NEEDED } from "./models/holt-winters.ts";

/** Why an item got its model: everything that the choice rested on. */
export interface SelectionExplanation extends DemandProfile {
  readonly rule: Rule;
  readonly ruleModel: ModelName;
  readonly chosen: ModelName;
  readonly fallback: string | null;
  readonly parameters: Readonly<Record<string, number>>;
  readonly backtest: { readonly origins: number; readonly horizon: number } | null;
  readonly scores: readonly { readonly model: ModelName; readonly mape: number | null; readonly wape: number | null; readonly mase: number | null }[];
}

/** The forecast of one item with its back-test. */
export interface ItemForecast {
  readonly model: ModelName;
  readonly forecast: Forecast;
  readonly selection: SelectionExplanation;
  /** The back-test of the chosen model; null when the history is too short for one. */
  readonly accuracy: Accuracy | null;
  /** The measure that this item is judged by: MASE where empty periods make MAPE meaningless. */
  readonly judgedBy: "mape" | "mase" | null;
}

/** Periods of one back-test origin: two weeks, or a quarter. */
const testHorizons: Readonly<Record<DemandPeriod, number>> = { day: 14, month: 3 };

/**
 * Profiles a series, chooses its model, back-tests it and forecasts. Defined
 * for every series: without history the forecast is 0 and accuracy is null.
 *
 * @param horizon periods to forecast
 */
export function forecastItem(series: Series, period: DemandPeriod, horizon: number, settings: SelectionSettings): ItemForecast {
  const seasonLength = seasonLengths[period];
  const profile = profileDemand(series);
  const plan = planBacktest(series.length, testHorizons[period], SEASONS_NEEDED * seasonLength);
  const selected = selectModel(series, profile, plan, seasonLength, settings);
  const model = selected.fit(series);
  const accuracy = selected.scores.find((score) => score.model === selected.model)?.accuracy ?? null;
  return {
    model: selected.model,
    forecast: forecastWith(model, series, horizon),
    selection: {
      ...profile,
      rule: selected.rule,
      ruleModel: selected.ruleModel,
      chosen: selected.model,
      fallback: selected.fallback,
      parameters: model.parameters,
      backtest: plan === null ? null : { origins: plan.origins.length, horizon: plan.horizon },
      scores: selected.scores.map((score) => ({ model: score.model, mape: score.accuracy?.mape ?? null, wape: score.accuracy?.wape ?? null, mase: score.accuracy?.mase ?? null })),
    },
    accuracy,
    judgedBy: accuracy === null ? null : judge(profile),
  };
}

function judge({ demandClass }: DemandProfile): "mape" | "mase" {
  return demandClass === "smooth" || demandClass === "erratic" ? "mape" : "mase";
}
