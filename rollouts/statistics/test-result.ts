/** One-sided evidence that the exposed side is worse. */
export interface TestResult {
  /** How it is called in records. */
  readonly test: "paired t" | "Mann-Whitney" | "two proportions";
  readonly statistic: number;
  /** The chance of at least this much if the exposed side were no worse. */
  readonly pValue: number;
  /** How much worse it looks, in the unit of the test: see each. */
  readonly effect: number;
}

/** Nothing speaks against the exposed side. */
export function noDifference(test: TestResult["test"], effect: number): TestResult {
  return { test, statistic: 0, pValue: 1, effect };
}
