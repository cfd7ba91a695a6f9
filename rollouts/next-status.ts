import { subjectOf } from "@forecast-stack/flags/exposures.ts";
import { milliseconds, spellDuration } from "./duration.ts";
import { type Look, spellLook } from "./look.ts";
import type { RolloutRequest } from "./request.ts";
import type { RolloutSpec, Step } from "./rollout-spec.ts";
import { freshStatus, hasEnded, LONGEST_HISTORY, type RolloutStatus } from "./rollout-status.ts";
import { specDigest } from "./spec-digest.ts";

/** Everything besides the status that decides what comes next. */
export interface Circumstances {
  readonly rollout: string;
  readonly spec: RolloutSpec;
  readonly now: Date;
  /** Why its first step must wait: its window, another rollout. */
  readonly blocked?: string | undefined;
  /** True while a person has given everybody a value of its flag: its own share is seen by nobody. */
  readonly overridden?: boolean | undefined;
  /** Which pods do not report the flags of this status yet; undefined when all do. */
  readonly missing?: string | undefined;
  readonly request?: RolloutRequest | undefined;
  /** Undefined when nobody looked. */
  readonly look?: Look | undefined;
}

export type DecisionKind = "advance" | "complete" | "go-back" | "hold";

/** Something that is recorded, with the look that it rests on where it rests on one. */
export interface Decision {
  readonly kind: DecisionKind;
  readonly why: string;
}

export interface Next {
  readonly status: RolloutStatus;
  readonly decision?: Decision;
}

/** Names the specification that a status belongs to: whom it exposes to what, and how. */
export function specName(spec: RolloutSpec): string {
  return `${subjectOf(spec)}.${specDigest(spec)}`;
}

/** When the gates are next to be looked at: once an interval while a step is observed. */
export function lookIsDue({ phase, look, clock }: RolloutStatus, { interval }: RolloutSpec, now: Date): boolean {
  if (phase !== "observing" || clock === null) return false;
  const last = look === null || look.at < clock ? clock : look.at;
  return now.getTime() - Date.parse(last) >= milliseconds(interval);
}

/**
 * The life of a rollout, one step of it at a time:
 *
 *     waiting ──► spreading ──► observing ──► spreading (next step) … ──► completed
 *                     │             │
 *                     │             ├──► held ──► (resume) spreading, (promote) spreading
 *                     ▼             ▼      │
 *                  returning ◄─────────────┘ (abort)
 *                     │
 *                     ▼
 *                  returned
 *
 * waiting: nobody is exposed. spreading: a weight was set that not every pod
 * knows yet. observing: all do, the step's clock runs and the gates are looked
 * at. held: it failed and waits for a person. returning: the weight is 0 again
 * and not every pod knows. While it is paused, or its flag is overridden, it
 * stays at its weight and no clock runs. A status is written as a whole and under
 * the version that it was made from, so that whoever comes after a crash goes on
 * from one of these places, and a promotion is made once.
 *
 * Pure: no clock, no cluster.
 */
export function nextStatus(before: RolloutStatus | undefined, circumstances: Circumstances): Next {
  const { spec, now } = circumstances;
  const status = adopt(before ?? freshStatus(specName(spec), now), spec, now);
  const asked = onRequest(status, circumstances);
  if (asked !== undefined) return asked;
  if (hasEnded(status)) return { status };
  if (status.phase === "returning") return onReturning(status, circumstances);
  const halted = haltOf(circumstances);
  if (halted !== undefined && status.phase !== "held") return { status: { ...status, reason: halted, unjudgedSince: null, ...(status.phase === "observing" ? { phase: "spreading", clock: null, since: now.toISOString() } : {}) } };
  switch (status.phase) {
    case "waiting":
      return circumstances.blocked === undefined ? enter(status, circumstances, 1, "it began") : { status: { ...status, reason: circumstances.blocked } };
    case "spreading":
      return onSpreading(status, circumstances);
    case "observing":
      return circumstances.look === undefined ? { status } : onLook(status, circumstances, circumstances.look);
    default:
      return { status };
  }
}

/** Why it stays where it is, whatever its gates say; undefined when nothing keeps it. */
export function haltOf({ spec, overridden }: Pick<Circumstances, "spec" | "overridden">): string | undefined {
  if (spec.paused) return "It is paused.";
  return overridden === true ? `${spec.flag} is overridden: everybody has the same value, and the rollout waits for the end of that.` : undefined;
}

/**
 * Follows a changed specification: of another subject it begins anew; otherwise
 * at the largest step that exposes no more than today, with a new clock.
 */
function adopt(status: RolloutStatus, spec: RolloutSpec, now: Date): RolloutStatus {
  const name = specName(spec);
  if (status.spec === name) return status;
  if (!status.spec.startsWith(`${subjectOf(spec)}.`)) return { ...freshStatus(name, now), handledRequest: status.handledRequest };
  if (status.step === 0 || hasEnded(status) || status.phase === "returning") return { ...status, spec: name };
  const step = spec.steps.filter(({ weight }) => weight <= status.weight).length;
  const weight = spec.steps[step - 1]?.weight;
  if (weight === undefined) return { ...freshStatus(name, now), handledRequest: status.handledRequest };
  return noted({ ...status, spec: name, step, weight, phase: "spreading", since: now.toISOString(), clock: null, failures: 0, unjudgedSince: null, reason: "Its specification was changed." }, now, `the specification was changed: step ${step} begins anew`);
}

function onRequest(status: RolloutStatus, circumstances: Circumstances): Next | undefined {
  const { request, now } = circumstances;
  if (request === undefined || request.id === status.handledRequest) return undefined;
  const handled = { ...status, handledRequest: request.id };
  const why = `${request.by}: ${request.reason}`;
  const exposes = status.phase === "spreading" || status.phase === "observing" || status.phase === "held";
  switch (request.action) {
    case "abort":
      return status.phase === "returned" || status.phase === "returning" ? { status: handled } : goBack(handled, circumstances, `aborted by ${why}`, "warning");
    case "promote":
      // A step that ended while the request was on its way was not meant.
      return exposes && haltOf(circumstances) === undefined && request.step === status.step ? advance(handled, circumstances, `promoted by ${why}`) : { status: noted(handled, now, `not promoted, although asked by ${why}`) };
    case "resume": {
      const noteOf = noted(handled, now, `resumed by ${why}`);
      return { status: status.phase === "held" ? { ...noteOf, phase: "spreading", since: now.toISOString(), clock: null, failures: 0, unjudgedSince: null, reason: `Resumed by ${why}.` } : noteOf };
    }
    default:
      return { status: noted(handled, now, `${request.action === "pause" ? "paused" : "started"} by ${why}`) };
  }
}

function onSpreading(status: RolloutStatus, circumstances: Circumstances): Next {
  const { missing, now } = circumstances;
  if (missing !== undefined) return unjudged(status, circumstances, missing, now);
  const at = now.toISOString();
  return { status: { ...status, phase: "observing", since: at, clock: at, unjudgedSince: null, reason: "Every pod answers by this step." } };
}

function onReturning(status: RolloutStatus, { missing, now }: Circumstances): Next {
  if (missing !== undefined) return { status: { ...status, reason: missing } };
  return { status: noted({ ...status, phase: "returned", since: now.toISOString() }, now, "every pod has gone back") };
}

function onLook(before: RolloutStatus, circumstances: Circumstances, look: Look): Next {
  const { spec, now } = circumstances;
  const gates = look.gates.map(({ gate, judgement }) => ({ gate: gate.name, verdict: judgement.verdict, statement: judgement.statement, ...judgement.samples }));
  const status = { ...before, reason: spellLook(look), look: { at: now.toISOString(), verdict: look.verdict, gates } };
  const ends = Date.parse(before.clock ?? before.since) + milliseconds(stepOf(spec, before).minimumDuration);
  const rest = ends - now.getTime();
  switch (look.verdict) {
    case "pass": {
      const passed = { ...status, failures: 0, unjudgedSince: null };
      return rest <= 0 ? advance(passed, circumstances, "all gates pass") : { status: { ...passed, reason: `All gates pass; the step goes on for ${spellDuration(rest)}.` } };
    }
    case "fail":
      return onFailure({ ...status, failures: before.failures + 1, unjudgedSince: null }, circumstances, look);
    default:
      // Nothing fails where nothing but samples are missing: that ends a row of failures. No data and errors say nothing, and a row goes on over them.
      if (!look.collecting) return unjudged(status, circumstances, status.reason, now);
      // While a step has time left, too few samples are no news.
      if (rest > 0) return { status: { ...status, failures: 0, unjudgedSince: null } };
      return unjudged({ ...status, failures: 0 }, circumstances, status.reason, new Date(ends));
  }
}

function onFailure(status: RolloutStatus, circumstances: Circumstances, look: Look): Next {
  const { rollout, spec, now } = circumstances;
  if (!look.critical && status.failures < spec.consecutiveFailures) return { status: { ...status, reason: `${status.reason} This is failing look ${status.failures} of ${spec.consecutiveFailures}.` } };
  const why = `a gate failed: ${status.reason}`;
  switch (spec.onFailure) {
    case "go-back":
      return goBack(status, circumstances, why, "critical");
    case "hold":
      return decided({ ...status, phase: "held", since: now.toISOString() }, circumstances, { kind: "hold", why }, `The rollout ${rollout} failed and holds at ${status.weight} %`, "critical");
    case "notify": {
      // Once for each row of failures.
      if (status.failures !== (look.critical ? 1 : spec.consecutiveFailures)) return { status };
      return { status: { ...status, notice: { id: `${rollout}-${now.getTime()}`, title: `The rollout ${rollout} fails at ${status.weight} %`, text: why, severity: "critical" } } };
    }
  }
}

/** Holds without a verdict, and goes back when that lasts too long. */
function unjudged(status: RolloutStatus, circumstances: Circumstances, reason: string, since: Date): Next {
  const { spec, now } = circumstances;
  const unjudgedSince = status.unjudgedSince ?? since.toISOString();
  if (now.getTime() - Date.parse(unjudgedSince) < milliseconds(spec.timeout)) return { status: { ...status, unjudgedSince, reason } };
  return goBack({ ...status, unjudgedSince }, circumstances, `no verdict for ${spec.timeout}: ${reason}`, "critical");
}

function advance(status: RolloutStatus, circumstances: Circumstances, why: string): Next {
  const { rollout, spec, now } = circumstances;
  if (status.step < spec.steps.length) return enter(status, circumstances, status.step + 1, why);
  return decided({ ...status, phase: "completed", since: now.toISOString(), unjudgedSince: null }, circumstances, { kind: "complete", why }, `The rollout ${rollout} is complete`, "info");
}

function enter(status: RolloutStatus, { spec, now }: Circumstances, step: number, why: string): Next {
  const at = now.toISOString();
  const weight = spec.steps[step - 1]?.weight ?? 0;
  const entered: RolloutStatus = { ...status, step, weight, phase: "spreading", since: at, startedAt: status.startedAt ?? at, clock: null, failures: 0, unjudgedSince: null, decisions: status.decisions + 1, reason: `Step ${step} of ${spec.steps.length}: ${weight} %.` };
  return { status: noted(entered, now, `step ${step}, because ${why}`), decision: { kind: "advance", why } };
}

function goBack(status: RolloutStatus, circumstances: Circumstances, why: string, severity: "critical" | "warning"): Next {
  const back: RolloutStatus = { ...status, weight: 0, phase: "returning", since: circumstances.now.toISOString(), clock: null, unjudgedSince: null };
  return decided(back, circumstances, { kind: "go-back", why }, `The rollout ${circumstances.rollout} goes back from ${status.weight} % to 0`, severity);
}

function decided(status: RolloutStatus, { rollout, spec, now }: Circumstances, decision: Decision, title: string, severity: "critical" | "warning" | "info"): Next {
  const decisions = status.decisions + 1;
  const reason = `${decision.why.slice(0, 1).toUpperCase()}${decision.why.slice(1).replace(/\.$/, "")}.`;
  const text = `${spec.flag}, variant ${spec.variant}: ${reason} See forecastctl rollout explain ${rollout}.`;
  return { status: noted({ ...status, decisions, reason, notice: { id: `${rollout}-${now.getTime()}`, title, text, severity } }, now, `${decision.kind}: ${decision.why}`), decision };
}

function noted(status: RolloutStatus, now: Date, what: string): RolloutStatus {
  return { ...status, history: [...status.history, { at: now.toISOString(), weight: status.weight, what: what.slice(0, 500) }].slice(-LONGEST_HISTORY) };
}

function stepOf(spec: RolloutSpec, { step }: RolloutStatus): Step {
  const found = spec.steps[step - 1];
  if (found === undefined) throw new Error(`There is no step ${step}.`);
  return found;
}
