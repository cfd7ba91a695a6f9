import { type DemandPeriod, isoDate, periodsWithin, toDemandSeries } from "../forecasting/demand-series.ts";
import { forecastItem } from "../forecasting/item-forecast.ts";
import type { SelectionSettings } from "../forecasting/model-selection.ts";
import type { ForecastRow } from "./sql/store-batch.ts";

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
  readonly itemMape: boolean;
  readonly settings: SelectionSettings;
}

export interface ThreadResult {
  readonly row: ForecastRow;
  readonly computeMs: number;
}

/** What a worker thread runs: forecasts one item and gives the row to store. */
export default function forecastInThread(task: ThreadTask): ThreadResult {
  const started = performance.now();
  const { values, nextDay } = toDemandSeries(task, task.period, task.asOf);
  const { forecast, model, selection, accuracy, judgedBy } = forecastItem(values, task.period, periodsWithin(nextDay, task.period, task.horizonDays), task.settings);
  const row: ForecastRow = {
    facility_id: task.facility,
    material_id: task.materialId,
    sku: task.sku,
    period: task.period,
    forecast_date: isoDate(nextDay),
    point: rounded(forecast.point),
    lower_80: rounded(forecast.lower80),
    upper_80: rounded(forecast.upper80),
    lower_95: rounded(forecast.lower95),
    upper_95: rounded(forecast.upper95),
    model,
    selection,
    history_periods: values.length,
    item_mape: task.itemMape && judgedBy === "mape" ? (accuracy?.mape ?? null) : null,
    mape_excluded: accuracy?.mapeExcluded ?? 0,
    wape: accuracy?.wape ?? null,
    mase: accuracy?.mase ?? null,
    bias: accuracy?.bias ?? null,
    judged_by: judgedBy,
    actual_sum: accuracy?.actualSum ?? 0,
    error_sum: accuracy?.errorSum ?? 0,
  };
  return { row, computeMs: performance.now() - started };
}

/** Four decimals are more than any stock is counted in, and a third of the bytes. */
function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Math.round(value * 10_000) / 10_000);
}
