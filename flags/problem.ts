import type { FlagMap } from "./config-maps.ts";

/** Something in one of the maps that was ignored. */
export interface FlagProblem {
  readonly map: FlagMap;
  /** The key it stands under; empty where the whole map is meant. */
  readonly key: string;
  readonly kind: "unknown-flag" | "wrong-value" | "unreadable" | "missing";
  /** One sentence: what is wrong and what is allowed. */
  readonly message: string;
}
