import type { Accuracy } from "./accuracy.ts";
import { backtest, type BacktestPlan, planBacktest } from "./backtest.ts";
import { type DemandProfile, profileDemand } from "./demand-profile.ts";
import { type DemandPeriod, seasonLengths } from "./demand-series.ts";
import { decideRule, type Rule, type RuleThresholds, selectModels, type Selection } from "./model-selection.ts";
import { type Forecast, forecastWith, type Series } from "./models/forecast.ts";
import type { Model } from "./models/model.ts";
import { type GivenConstants, type ModelName, modelsFor, type RegularName } from "./models/models.ts";
import { SEASONS_NEEDED } from "./models/seasonal-start.ts";

/** Regular models for every item, or the rule's for those with intermittent demand. */
export type VariantName = "regular" | "hybrid";

export interface ForecastSettings extends RuleThresholds, GivenConstants {
  /** Which variant is served (ENABLE_HYBRID_FORECASTING). */
  readonly serve: VariantName;
}

/** What an earlier run found out about an item; only the parameters are found anew. */
export interface EarlierSelection {
  readonly rule: Rule;
  readonly ruleModel: ModelName;
  readonly regular: RegularName;
  readonly hybrid: ModelName;
  readonly fallback: string | null;
  readonly winner: ModelName | null;
  readonly scores: readonly ShownScore[];
}

/** The back-test of a model, in the measures that people compare. */
export interface ShownScore {
  readonly model: ModelName;
  readonly mape: number | null;
  readonly wape: number | null;
  readonly mase: number | null;
  readonly rmsse: number | null;
}

/** Why an item got its model: everything that the choice rested on. */
export interface SelectionExplanation extends DemandProfile, EarlierSelection {
  readonly served: VariantName;
  readonly chosen: ModelName;
  /** True when the models were selected by an earlier run. */
  readonly reused: boolean;
  readonly parameters: Readonly<Record<string, number>>;
  readonly backtest: { readonly origins: number; readonly horizon: number } | null;
}

/** The forecast of one item by one variant, with its back-test. */
export interface Variant {
  readonly model: ModelName;
  readonly forecast: Forecast;
  readonly parameters: Readonly<Record<string, number>>;
  /** The back-test; null when the history is too short for one. */
  readonly accuracy: Accuracy | null;
}

/** The forecast of one item by both variants; they are the same object where both have the same model. */
export interface ItemForecast {
  readonly served: Variant;
  readonly variants: Readonly<Record<VariantName, Variant>>;
  readonly selection: SelectionExplanation;
  /** The measure that this item is judged by: MASE where empty periods make MAPE meaningless. */
  readonly judgedBy: "mape" | "mase" | null;
}

/** Periods of one back-test origin: two weeks, or a quarter. */
const testHorizons: Readonly<Record<DemandPeriod, number>> = { day: 14, month: 3 };

/**
 * Profiles a series, chooses its models, back-tests them and forecasts by both
 * variants. Defined for every series: without history the forecast is 0 and
 * accuracy is null.
 *
 * @param horizon periods to forecast
 * @param earlier the selection of an earlier run; used as long as the rule says the same and the models suit the series
 */
export function forecastItem(series: Series, period: DemandPeriod, horizon: number, settings: ForecastSettings, earlier?: EarlierSelection): ItemForecast {
  const seasonLength = seasonLengths[period];
  const models = modelsFor(seasonLength, settings);
  const profile = profileDemand(series);
  const plan = planBacktest(series.length, testHorizons[period], SEASONS_NEEDED * seasonLength);
  const rule = decideRule(profile, settings);
  const reused = earlier?.rule === rule && models[earlier.regular].suits(series) && models[earlier.hybrid].suits(series) ? earlier : undefined;
  const selected = reused === undefined ? selectModels(series, rule, plan, seasonLength, models) : undefined;
  const { regular, hybrid, ...why } = reused ?? shownSelection(selected as Selection);

  const variant = (name: ModelName): Variant => forecastBy(models[name], series, horizon, selected?.scores.find(({ model }) => model === name)?.accuracy, plan, seasonLength);
  const byRegular = variant(regular);
  const variants = { regular: byRegular, hybrid: hybrid === regular ? byRegular : variant(hybrid) };
  const served = variants[settings.serve];
  return {
    served,
    variants,
    selection: {
      ...profile,
      ...why,
      regular,
      hybrid,
      served: settings.serve,
      chosen: served.model,
      reused: reused !== undefined,
      parameters: served.parameters,
      backtest: plan === null ? null : { origins: plan.origins.length, horizon: plan.horizon },
    },
    judgedBy: served.accuracy === null ? null : judge(profile),
  };
}

function forecastBy(model: Model<ModelName>, series: Series, horizon: number, tested: Accuracy | null | undefined, plan: BacktestPlan | null, seasonLength: number): Variant {
  const fitted = model.estimate(series)(series);
  return {
    model: model.name,
    forecast: forecastWith(fitted, series, horizon),
    parameters: fitted.parameters,
    accuracy: tested !== undefined || plan === null ? (tested ?? null) : backtest(series, plan, seasonLength, model),
  };
}

function shownSelection({ scores, ...rest }: Selection): EarlierSelection {
  const shown = scores.map(({ model, accuracy }) => ({ model, mape: accuracy?.mape ?? null, wape: accuracy?.wape ?? null, mase: accuracy?.mase ?? null, rmsse: accuracy?.rmsse ?? null }));
  return { ...rest, scores: shown };
}

function judge({ demandClass }: DemandProfile): "mape" | "mase" {
  return demandClass === "smooth" || demandClass === "erratic" ? "mape" : "mase";
}
