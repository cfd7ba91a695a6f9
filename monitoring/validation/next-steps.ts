import type { ValidationReport } from "./report.ts";

/** What to do with the answer. */
export function nextSteps({ decision, stack, release, window, before }: ValidationReport): string[] {
  const again = `npx forecastctl validate --stack ${stack} --since ${release} --window ${Math.round(window.to - window.from + window.missing)}s`;
  if (decision === "GO") return ["The release stays. Keep this report with it."];
  if (decision === "UNKNOWN") return [window.missing > 0 && window.cutShort === null ? `Ask again when the window is full: ${again}` : `Find out why nobody knows (docs/validation.md), then ask again: ${again}`];
  if (before === null) return ["This is the first release: there is none to go back to. Fix forward."];
  return [`Go back: npx forecastctl rollback --stack ${stack} --to ${before.release}`, "Or fix forward, when the reason is known and small."];
}
