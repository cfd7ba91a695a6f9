/** What series of one category that one model forecast add up to. */
export interface SummedAccuracy {
  category: string;
  model: string;
  /** Items at facilities. */
  items: number;
  periods: number;
  /** Σ|forecast - actual| */
  errorSum: number;
  actualSum: number;
  /** Σ(forecast - actual) */
  differenceSum: number;
  /** Those that MAPE can judge. */
  judgedItems: number;
  judgedActualSum: number;
  /** Σ(MAPE as a share · Σactual) over them. */
  weightedMapeSum: number;
}

/**
 * Adds up rows of one series each, so that as many are sent as there are models
 * and categories, not series. Series with many empty periods have no part in
 * MAPE, which they make meaningless (Hyndman and Koehler 2006).
 *
 * @param series a SELECT of category, model, judged_by, periods, errors, actuals, differences, with_demand (the periods with demand) and ratios (Σ|forecast - actual| / actual over them)
 * @param keys further columns of it that the sums are kept apart by
 */
export function summed(series: string, keys: readonly string[] = []): string {
  const key = ["category", "model", ...keys].join(", ");
  return `
  SELECT ${key}, count(*)::int AS items, sum(periods)::int AS periods, sum(errors) AS "errorSum", sum(actuals) AS "actualSum", sum(differences) AS "differenceSum",
         count(*) FILTER (WHERE judged)::int AS "judgedItems", coalesce(sum(actuals) FILTER (WHERE judged), 0) AS "judgedActualSum", coalesce(sum(actuals * ratios / nullif(with_demand, 0)) FILTER (WHERE judged), 0) AS "weightedMapeSum"
  FROM (${series}) AS series
  CROSS JOIN LATERAL (SELECT judged_by IS DISTINCT FROM 'mase' AND with_demand > 0 AS judged) AS judgement
  GROUP BY ${key}`;
}
