import type { DecisionKind } from "./next-status.ts";
import { type GateLook, type GateSight, judgeLook } from "./look.ts";
import type { Verdict } from "./judge-gate.ts";

/**
 * Why a rollout went on, back or nowhere: what was asked, what was seen in which
 * window, and what follows from it. A judgement can be made again from it alone.
 */
export interface DecisionRecord {
  readonly rollout: string;
  readonly flag: string;
  readonly variant: string;
  /** Counted from 1 in the life of a rollout. */
  readonly number: number;
  readonly decision: DecisionKind;
  readonly why: string;
  readonly at: string;
  /** The step that was left, and its weight in percent. */
  readonly step: number;
  readonly weight: number;
  /** What the samples are from: from the step's clock to the look. */
  readonly window: { readonly from: string; readonly to: string } | null;
  /** Absent for decisions that rest on no look: a start, a person's request, pods that did not answer. */
  readonly look: { readonly verdict: Verdict; readonly gates: readonly GateLook[] } | null;
}

/** The key of a record in its ConfigMap. */
export function recordKey({ rollout, startedAt, number }: { readonly rollout: string; readonly startedAt: string; readonly number: number }): string {
  return `${rollout}.${startedAt.replaceAll(/[-:]|\.\d+/g, "")}.${number}`;
}

/** The bytes of a record. */
export function writeRecord(record: DecisionRecord): string {
  return `${JSON.stringify(record, undefined, 1)}\n`;
}

/**
 * Judges a record's observations again, with no look at anything else.
 *
 * @returns the record as it would be written today: the same bytes, unless somebody changed it or the judging
 */
export function replayRecord(record: DecisionRecord): string {
  if (record.look === null) return writeRecord(record);
  const sights = record.look.gates.map(({ gate, demand, observation }): GateSight => ({ gate, ...(demand === undefined ? {} : { demand }), observation }));
  const { verdict, gates } = judgeLook(sights);
  return writeRecord({ ...record, look: { verdict, gates } });
}
