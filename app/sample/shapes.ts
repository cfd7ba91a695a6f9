/**
 * The parameters of the generated items. They were fixed before any accuracy
 * was measured and are not to be tuned by it: a change here makes every earlier
 * figure worthless for comparison.
 */

/** A value drawn evenly between the two. */
export type Range = readonly [low: number, high: number];

export type ShapeName = "steady" | "trending" | "weekly-seasonal" | "intermittent" | "lumpy" | "new" | "dead";

export interface Shape {
  /** Items of this shape in the catalogue of 127. */
  readonly count: number;
  /** Days of history. */
  readonly days: Range;
  /** Mean demand of a day with demand, in units. */
  readonly mean: Range;
  /** Standard deviation of a day's demand over its mean. */
  readonly variation: Range;
  /** Probability that a day has demand; 1 where it is not given. */
  readonly probability?: Range;
  /** Relative change of the mean from the first day to the last. */
  readonly growth?: Range;
  /** How far the best weekday stands above the mean, relatively. */
  readonly weekdayAmplitude?: Range;
  /** Days before the end of the history on which demand stopped. */
  readonly stoppedBefore?: Range;
}

/** The last day of the catalogue: a Tuesday, like the last day of the real shop, two days after a month has ended. */
export const SAMPLE_END = "2024-07-02";

export const SEED = 20_240_702;

export const shapes: Readonly<Record<ShapeName, Shape>> = {
  steady: { count: 30, days: [365, 730], mean: [20, 200], variation: [0.1, 0.25] },
  trending: { count: 20, days: [365, 730], mean: [20, 120], variation: [0.1, 0.25], growth: [-0.5, 1] },
  "weekly-seasonal": { count: 30, days: [365, 730], mean: [30, 150], variation: [0.1, 0.25], weekdayAmplitude: [0.2, 0.6] },
  intermittent: { count: 20, days: [365, 730], mean: [2, 12], variation: [0.2, 0.5], probability: [0.08, 0.35] },
  lumpy: { count: 10, days: [365, 730], mean: [10, 60], variation: [0.9, 1.6], probability: [0.05, 0.3] },
  new: { count: 8, days: [5, 40], mean: [10, 60], variation: [0.15, 0.3] },
  dead: { count: 7, days: [500, 730], mean: [5, 50], variation: [0.1, 0.4], stoppedBefore: [120, 400] },
};
