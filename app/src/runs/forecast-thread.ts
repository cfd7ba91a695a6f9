import { type DemandPeriod, isoDate, periodsWithin, toDemandSeries } from "../forecasting/demand-series.ts";
import { type EarlierSelection, forecastItem, type ForecastSettings, type ItemForecast, type SelectionExplanation, type Variant } from "../forecasting/item-forecast.ts";
import type { ForecastRow, SelectionRow, VariantMeasures, VariantRow } from "./sql/store-batch.ts";

/** One item for a thread to forecast. */
export interface ThreadTask {
  readonly materialId: string;
  readonly facility: string;
  readonly sku: string;
  readonly period: DemandPeriod;
  readonly days: readonly number[];
  readonly quantities: readonly number[];
  readonly asOf: number;
  readonly horizonDays: number;
  readonly settings: ForecastSettings;
  /** The selection of an earlier run, where it is to be used. */
  readonly earlier: EarlierSelection | null;
  /** True: both variants are stored, even where they are alike, because a rollout compares them. */
  readonly staged: boolean;
}

export interface ThreadResult {
  readonly row: ForecastRow;
  readonly variants: readonly VariantRow[];
  /** Null when an earlier selection was used. */
  readonly selection: SelectionRow | null;
  readonly computeMs: number;
}

/** What a worker thread runs: forecasts one item and gives the rows to store. */
export default function forecastInThread(task: ThreadTask): ThreadResult {
  const started = performance.now();
  const { values, nextDay } = toDemandSeries(task, task.period, task.asOf);
  const item = forecastItem(values, task.period, periodsWithin(nextDay, task.period, task.horizonDays), task.settings, task.earlier ?? undefined);
  const place = { facility_id: task.facility, material_id: task.materialId };
  const row: ForecastRow = {
    ...place,
    sku: task.sku,
    period: task.period,
    forecast_date: isoDate(nextDay),
    ...measuresOf(item, item.served),
    variant: task.settings.serve,
    selection: item.selection,
    history_periods: values.length,
    judged_by: item.judgedBy,
  };
  const { regular, hybrid } = item.variants;
  const variants = regular !== hybrid || task.staged ? (["regular", "hybrid"] as const).map((variant) => ({ ...place, variant, served: variant === task.settings.serve, parameters: item.variants[variant].parameters, ...measuresOf(item, item.variants[variant]) })) : [];
  const selection = item.selection.reused ? null : { ...place, regular_model: regular.model, hybrid_model: hybrid.model, selection: selectionToKeep(item.selection) };
  return { row, variants, selection, computeMs: performance.now() - started };
}

/** What a worker thread runs to show that it can: its code is loaded, and nothing holds it. */
export function answer(): void {
  // The answer is that it returns.
}

function measuresOf({ judgedBy }: ItemForecast, { model, forecast, accuracy }: Variant): VariantMeasures {
  return {
    model,
    point: rounded(forecast.point),
    lower_80: rounded(forecast.lower80),
    upper_80: rounded(forecast.upper80),
    lower_95: rounded(forecast.lower95),
    upper_95: rounded(forecast.upper95),
    item_mape: judgedBy === "mape" ? (accuracy?.mape ?? null) : null,
    mape_excluded: accuracy?.mapeExcluded ?? 0,
    wape: accuracy?.wape ?? null,
    mase: accuracy?.mase ?? null,
    rmsse: accuracy?.rmsse ?? null,
    mae: accuracy?.mae ?? null,
    rmse: accuracy?.rmse ?? null,
    bias: accuracy?.bias ?? null,
    tracking_signal: accuracy?.trackingSignal ?? null,
    actual_sum: accuracy?.actualSum ?? 0,
    error_sum: accuracy?.errorSum ?? 0,
  };
}

function selectionToKeep({ rule, ruleModel, regular, hybrid, fallback, winner, scores }: SelectionExplanation): EarlierSelection {
  return { rule, ruleModel, regular, hybrid, fallback, winner, scores };
}

/** Four decimals are more than any stock is counted in, and a third of the bytes. */
function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Math.round(value * 10_000) / 10_000);
}
