import type { FittedModel, Series } from "./forecast.ts";

/** A model with its parameters, ready to be run over a history. */
export type Fit = (history: Series) => FittedModel;

/** A way to forecast a series. */
export interface Model<Name extends string = string> {
  readonly name: Name;
  /** Whether the history is long enough, and of the kind that the model is defined for. */
  readonly suits: (history: Series) => boolean;
  /**
   * Finds the parameters that minimise the squared one-step errors in `history`,
   * unless they are given. The result can be run over any other stretch of the
   * same series, so that a back-test estimates once and never sees what it tests.
   */
  readonly estimate: (history: Series) => Fit;
}
