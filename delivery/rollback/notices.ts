import type { Notice } from "../notify.ts";
import { firstLine } from "../tell.ts";
import { who } from "../who.ts";
import type { RollbackResult } from "./rollback.ts";
import type { RollbackPlan } from "./rollback-plan.ts";

/** What people are told when a rollback is done: a warning when something is not as that release had it. */
export function rollbackNotice(plan: Pick<RollbackPlan, "stack" | "from" | "target" | "request" | "steps">, { seconds, mismatches, remaining, undone, paused }: RollbackResult): Notice {
  const changed = plan.steps.filter(({ operation }) => operation !== "unchanged").length;
  const left = [...mismatches, ...remaining].map(({ name }) => name);
  const sentences = [
    `${wayOf(plan)} by ${who()} in ${Math.round(seconds)} s, ${changed} resources changed.`,
    ...(undone.length > 0 ? [`Migrations taken back: ${undone.join(", ")}.`] : []),
    ...(paused.length > 0 ? [`Paused rollouts: ${paused.join(", ")}.`] : []),
    ...(left.length > 0 ? [`Not as that release had it: ${[...new Set(left)].join(", ")}.`] : []),
    ...(plan.request.only === undefined && plan.from.release !== plan.target.update.release ? [`Release ${plan.from.release ?? 0} is not deployed again until somebody allows it.`] : []),
  ];
  return { title: `${plan.stack} was rolled back to release ${plan.target.update.release ?? 0}`, text: sentences.join(" "), severity: left.length > 0 ? "warning" : "info" };
}

/** What people are told when a rollback did not come to its end. */
export function failureNotice(plan: Pick<RollbackPlan, "stack" | "from" | "target" | "request">, error: unknown): Notice {
  return { title: `The rollback of ${plan.stack} failed`, text: `${wayOf(plan)} by ${who()} was not finished: ${firstLine(error)} The same command goes on where it stopped.`, severity: "warning" };
}

function wayOf({ from, target, request }: Pick<RollbackPlan, "from" | "target" | "request">): string {
  const way = from.id === target.update.id ? `Back to release ${from.release ?? 0}` : `From release ${from.release ?? 0} to ${target.update.release ?? 0}`;
  return `${way}${request.only === undefined ? "" : `, ${request.only} alone,`}`;
}
