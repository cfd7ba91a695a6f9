import type { DecisionRecord } from "@forecast-stack/rollouts/decision-record.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import type { RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import pc from "picocolors";

const colours = { pass: pc.green, fail: pc.red, "no-data": pc.yellow, error: pc.yellow } as const;
const WIDTH = 40;

/** A rollout as its map has it. */
export interface ShownRollout {
  readonly name: string;
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus | undefined;
}

/** Where it is, in a word. */
export function placeOf({ spec, status }: ShownRollout): string {
  return spec.paused && status?.phase !== "returned" && status?.phase !== "completed" ? "paused" : (status?.phase ?? "waiting");
}

/** All of one rollout, a line each: what `status` prints and `watch` draws. */
export function drawRollout(shown: ShownRollout): string {
  const { name, spec, status } = shown;
  const weight = status?.weight ?? 0;
  const filled = Math.round((weight / 100) * WIDTH);
  const steps = spec.steps.map((step, index) => (index + 1 === status?.step ? pc.bold(`[${step.weight} %]`) : `${step.weight} %`)).join(" → ");
  const gates = (status?.look?.gates ?? []).map(({ gate, verdict, statement }) => `  ${colours[verdict](verdict.padEnd(8))} ${gate}: ${statement}`);
  return [
    `${pc.bold(name)}  ${spec.flag} = ${spec.variant}  ${placeOf(shown)}`,
    `  ${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${weight} %   ${steps}`,
    `  ${status?.reason ?? "The controller has not seen it yet."}`,
    ...(status?.clock == null ? [] : [`  on this step since ${status.clock.slice(0, 19).replace("T", " ")} UTC`]),
    ...gates,
    "",
  ].join("\n");
}

/** What happened, the newest last. */
export function drawHistory({ status }: ShownRollout): string {
  return (status?.history ?? []).map(({ at, weight, what }) => `  ${at.slice(0, 19).replace("T", " ")}  ${String(weight).padStart(5)} %  ${what}\n`).join("");
}

/** A decision and everything that it rests on. */
export function drawRecord({ rollout, number, decision, at, why, step, weight, window, look }: DecisionRecord): string {
  const head = [`${pc.bold(`${rollout}, decision ${number}: ${decision}`)} at ${at}, from step ${step} (${weight} %)`, `  because ${why}`, ...(window === null ? [] : [`  window ${window.from} to ${window.to}`])];
  const gates = (look?.gates ?? []).flatMap(({ gate, demand, observation, judgement }) => [
    `  ${colours[judgement.verdict](judgement.verdict)} ${pc.bold(gate.name)} (${gate.kind}${gate.critical ? ", critical" : ""}): ${judgement.statement}`,
    ...(judgement.samples === undefined ? [] : [`    samples    ${judgement.samples.exposed} exposed, ${judgement.samples.control} control${demand === undefined ? "" : `; ${demand.needed} a side needed`}`]),
    ...(judgement.test === undefined ? [] : [`    test       ${judgement.test.test}, statistic ${judgement.test.statistic}, p ${judgement.test.pValue}, effect ${judgement.test.effect}`]),
    ...(judgement.threshold === undefined ? [] : [`    threshold  ${JSON.stringify(judgement.threshold)}`]),
    ...("query" in observation ? [`    query      ${observation.query}`] : "queries" in observation ? [`    queries    ${JSON.stringify(observation.queries)}`] : []),
  ]);
  return `${[...head, ...gates].join("\n")}\n`;
}
