/** Where a value turns from good to a warning to bad; `good` says on which side good lies. */
export type Limits = { readonly good: "below"; readonly warning?: number; readonly bad: number } | { readonly good: "above"; readonly warning?: number; readonly bad: number };

export interface ThresholdStep {
  /** Null: from minus infinity. */
  readonly value: number | null;
  readonly color: "green" | "yellow" | "red" | "text";
}

/** Grafana's threshold steps, rising: the same three colours mean the same everywhere. */
export function thresholdSteps(limits: Limits | undefined): ThresholdStep[] {
  if (limits === undefined) return [{ value: null, color: "text" }];
  const { warning, bad } = limits;
  if (limits.good === "below") {
    return [{ value: null, color: "green" }, ...(warning === undefined ? [] : [{ value: warning, color: "yellow" } as const]), { value: bad, color: "red" }];
  }
  return [{ value: null, color: "red" }, ...(warning === undefined ? [] : [{ value: bad, color: "yellow" } as const]), { value: warning ?? bad, color: "green" }];
}
