import type { Severity } from "../alert-rule.ts";
import { spellScore } from "./markdown.ts";
import { nextSteps } from "./next-steps.ts";
import type { ValidationReport } from "./report.ts";

/** What people are told of a validation. */
export function verdictOf(report: ValidationReport): { readonly title: string; readonly text: string; readonly severity: Severity } {
  const { stack, release, decision, reasons, score } = report;
  return { title: `Release ${release} of ${stack}: ${decision}`, text: [`Stability score ${spellScore(score)}.`, ...reasons, ...nextSteps(report)].join(" "), severity: decision === "GO" ? "info" : "warning" };
}
