import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import { noDifference, type TestResult } from "./test-result.ts";

/** Of `all` events, `bad` were bad. */
export interface Proportion {
  readonly bad: number;
  readonly all: number;
}

/** The pooled z-test of two proportions. The effect is their difference. */
export function twoProportions(exposed: Proportion, control: Proportion): TestResult {
  const effect = exposed.bad / exposed.all - control.bad / control.all;
  const pooled = (exposed.bad + control.bad) / (exposed.all + control.all);
  const variance = pooled * (1 - pooled) * (1 / exposed.all + 1 / control.all);
  if (variance <= 0) return noDifference("two proportions", effect);
  const statistic = effect / Math.sqrt(variance);
  return { test: "two proportions", statistic, pValue: normalCdf(-statistic, 0, 1), effect };
}
