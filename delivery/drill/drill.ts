import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { ReleaseError } from "../releases/release-error.ts";
import { breakerOf } from "./breakage.ts";
import { type Fault, faults } from "./faults.ts";
import { isAtWork, markDrill, markedDrills, unmarkDrill } from "./mark.ts";
import { type DrillPlace, markOf } from "./place.ts";
import { alertsWith, type Arrival, trailOf, watcherOf } from "./signs.ts";

export interface DrillOptions {
  /** How long the beginning, and then the end, may take to be told, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the drill early; what was broken is put right all the same. */
  readonly signal: AbortSignal;
}

/** How a drill went. Times are seconds. */
export interface DrillResult {
  readonly fault: string;
  readonly arrival: Arrival;
  readonly toldAfter: number;
  readonly restoredAfter: number;
  /** From the moment that all was put right to the news that it is over. */
  readonly endToldAfter: number;
}

type Note = (message: string) => void;

const POLL_MS = 1_000;
const MARK_SECONDS = 60;

/**
 * Breaks something, waits for what people are told, puts it right and waits for
 * the end of it. It is put right however the drill ends, unless this process is
 * killed: then the next drill, or restoreDrills, does.
 *
 * @throws ReleaseError when nothing arrives in time, or it reads like an alarm
 */
export async function runDrill(place: DrillPlace, fault: Fault, { timeoutMs, signal }: DrillOptions, note: Note): Promise<DrillResult> {
  await restoreDrills(place, note);
  if (fault.sign.kind === "alert" && (await alertsWith(place, fault.sign.labels)).length > 0) throw new ReleaseError(`${String(fault.sign.labels["alertname"])} fires already, so that a drill would show nothing: look after it first. Nothing was done.`);
  const breaker = breakerOf(place, fault.breakage);
  const watcher = await watcherOf(place, fault.sign);
  const before = await breaker.before();
  await markDrill(place, fault.name, before, new Date());
  const restore = async (): Promise<void> => {
    note("putting it right");
    await breaker.restore(before);
  };
  let restored = false;
  try {
    await untilMarked(place, fault, signal, note);
    note(`breaking: it ${fault.does}`);
    const broken = Date.now();
    await breaker.break();
    const arrival = await wait("somebody is told", timeoutMs, signal, note, () => watcher.begun(), () => trailOf(place, fault.sign));
    const toldAfter = secondsSince(broken);
    const repairing = Date.now();
    await restore();
    restored = true;
    const right = Date.now();
    await wait("the end is told", timeoutMs, signal, note, async () => ((await watcher.ended()) ? true : undefined), () => trailOf(place, fault.sign));
    if (fault.sign.kind === "alert" && arrival.drill !== markOf(fault.name)) throw new ReleaseError(`${arrival.summary} was told, but not as a drill: it says “${arrival.drill}”. Does the stack run kube-state-metrics (monitoring.kubeStateMetrics)?`);
    return { fault: fault.name, arrival, toldAfter, restoredAfter: Math.round((right - repairing) / 1_000), endToldAfter: secondsSince(right) };
  } finally {
    if (!restored) await restore();
    await unmarkDrill(place, fault.name);
  }
}

/**
 * Puts right what drills have broken that were cut off.
 *
 * @returns the faults that were
 * @throws ReleaseError when a drill is still at work
 */
export async function restoreDrills(place: DrillPlace, note: Note): Promise<string[]> {
  const restored: string[] = [];
  for (const drill of await markedDrills(place)) {
    if (isAtWork(drill)) throw new ReleaseError(`The drill ${drill.fault} goes on in ${place.stack} since ${drill.since} (process ${drill.by.pid} on ${drill.by.host}): wait for its end. If that process is gone, put right what it broke and delete the service ${markOf(drill.fault)}.`);
    const fault = faults.find(({ name }) => name === drill.fault);
    if (fault === undefined) throw new ReleaseError(`${place.stack} has the mark of a drill ${drill.fault}, which this forecastctl does not know: use the one that began it.`);
    note(`putting right what the drill ${drill.fault} of ${drill.since} left behind`);
    await breakerOf(place, fault.breakage).restore(drill.before);
    await unmarkDrill(place, drill.fault);
    restored.push(drill.fault);
  }
  return restored;
}

const answerSchema = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

/** Nothing is broken before Prometheus knows that it is a drill: whoever is told has to see it. */
async function untilMarked({ prometheus, namespace }: DrillPlace, { name, sign }: Fault, signal: AbortSignal, note: Note): Promise<void> {
  if (prometheus === undefined || sign.kind === "silence") return;
  const query = new URLSearchParams({ query: `kube_service_info{namespace="${namespace}",service="${markOf(name)}"}` }).toString();
  await wait("Prometheus knows of the drill", MARK_SECONDS * 1_000, signal, note, async () => (answerSchema.parse(await prometheus.request("GET", `/api/v1/query?${query}`)).data.result.length > 0 ? true : undefined));
}

/**
 * Asks again and again; an answer that fails (what is asked may be what was broken) is no answer yet.
 *
 * @param trail says how far it got, when it took too long
 */
async function wait<Result>(what: string, limitMs: number, signal: AbortSignal, note: Note, ask: () => Promise<Result | undefined>, trail?: () => Promise<string>): Promise<Result> {
  const began = Date.now();
  for (;;) {
    if (signal.aborted) throw new ReleaseError("The drill was ended before its time; what it broke was put right.");
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    const waited = Date.now() - began;
    if (waited > limitMs) throw new ReleaseError(`It took longer than ${Math.round(limitMs / 1_000)} s until ${what}${trail === undefined ? "" : ` (${await trail()})`}. What was broken was put right.`);
    note(`waiting until ${what} (${Math.round(waited / 1_000)} s)`);
    await setTimeout(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function secondsSince(moment: number): number {
  return Math.round((Date.now() - moment) / 1_000);
}
