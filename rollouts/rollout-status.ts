import { parse, stringify } from "yaml";
import { z } from "zod";

/** Where a rollout is. What each means and what follows stands in next-status.ts. */
export const phases = ["waiting", "spreading", "observing", "held", "returning", "completed", "returned"] as const;
export type Phase = (typeof phases)[number];

const verdict = z.enum(["pass", "fail", "no-data", "error"]);
const moment = z.iso.datetime();

const statusSchema = z.strictObject({
  /** Percent of the keys that are exposed: what evaluation reads. */
  weight: z.number().min(0).max(100),
  phase: z.enum(phases),
  /** The step that it is at, from 1; 0 before the first. */
  step: z.int().min(0),
  /** Which specification this belongs to (see specName): evaluation heeds it, too. */
  spec: z.string(),
  startedAt: moment.nullable(),
  /** When the phase began. */
  since: moment,
  /** When every live pod answered by this step: its clock. */
  clock: moment.nullable(),
  /** Failing looks in a row; looks without data and looks that erred are skipped. */
  failures: z.int().min(0),
  /** Since when there has been no verdict. */
  unjudgedSince: moment.nullable(),
  /** How many decisions were made: names their records. */
  decisions: z.int().min(0),
  /** The last request of a person that was carried out. */
  handledRequest: z.string().nullable(),
  /** Why it is where it is, in one sentence. */
  reason: z.string(),
  look: z.object({ at: moment, verdict, gates: z.array(z.object({ gate: z.string(), verdict, statement: z.string(), exposed: z.int().optional(), control: z.int().optional() })) }).nullable(),
  /** News that nobody has been told yet. */
  notice: z.object({ id: z.string(), title: z.string(), text: z.string(), severity: z.enum(["critical", "warning", "info"]) }).nullable(),
  history: z.array(z.object({ at: moment, weight: z.number(), what: z.string() })),
});

export type RolloutStatus = z.infer<typeof statusSchema>;

/** Entries of the history that are kept. */
export const LONGEST_HISTORY = 40;

/** A rollout that has not begun. */
export function freshStatus(spec: string, now: Date): RolloutStatus {
  return { weight: 0, phase: "waiting", step: 0, spec, startedAt: null, since: now.toISOString(), clock: null, failures: 0, unjudgedSince: null, decisions: 0, handledRequest: null, reason: "It has not begun.", look: null, notice: null, history: [] };
}

/** Nothing follows any more. */
export function hasEnded({ phase }: Pick<RolloutStatus, "phase">): boolean {
  return phase === "completed" || phase === "returned";
}

/** Reads a status; undefined when there is none, or none that can be read. */
export function readStatus(text: string | undefined): RolloutStatus | undefined {
  if (text === undefined) return undefined;
  try {
    return statusSchema.safeParse(parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The YAML of a status. */
export function writeStatus(status: RolloutStatus): string {
  return stringify(status, { lineWidth: 0 });
}
