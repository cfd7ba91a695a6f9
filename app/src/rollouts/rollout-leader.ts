import { definitions } from "@forecast-stack/flags/definitions.ts";
import { statusSuffix } from "@forecast-stack/flags/exposures.ts";
import type { Environment, FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import { FlagSet } from "@forecast-stack/flags/flag-set.ts";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { type DecisionRecord, recordKey, writeRecord } from "@forecast-stack/rollouts/decision-record.ts";
import { judgeLook, type Look } from "@forecast-stack/rollouts/look.ts";
import { type Decision, lookIsDue, type Next, nextStatus } from "@forecast-stack/rollouts/next-status.ts";
import { readRollout, spellProblem } from "@forecast-stack/rollouts/read-rollout.ts";
import { readRequest } from "@forecast-stack/rollouts/request.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { readStatus, type RolloutStatus, writeStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { windowIsOpen } from "@forecast-stack/rollouts/start-window.ts";
import type { Log } from "../platform/log.ts";
import { tellAlertmanager } from "./alertmanager.ts";
import { blockingRollout, type KnownRollout } from "./blocking-rollout.ts";
import { type LivePods, missingPods } from "./live-pods.ts";
import { observeGates, type Sources } from "./observe-gates.ts";
import { rolloutEvent } from "./rollout-event.ts";
import type { RolloutMaps, RolloutMapStore } from "./rollout-maps.ts";
import { countDecision, countLook, forgetRollouts, showRollout } from "./rollout-gauges.ts";

export interface RolloutLeaderParts {
  readonly sources: Sources;
  readonly store: RolloutMapStore;
  readonly pods: LivePods;
  readonly alertmanagerUrl: string;
  readonly environment: Environment;
  readonly metrics: Metrics;
  readonly log: Log;
}

const known: FlagDefinitions = definitions;

/**
 * Leads all rollouts of a namespace one moment on: reads what people ask for
 * and where each rollout is, lets nextStatus decide, and writes what follows.
 * A decision's record is kept before its status, and its news is sent after, as
 * often as it takes: whoever crashes in between leaves nothing undone and
 * nothing done twice.
 */
export class RolloutLeader {
  readonly #parts: RolloutLeaderParts;
  /** Problems and failures that were told, each once for as long as it lasts. */
  readonly #told = new Map<string, string>();

  constructor(parts: RolloutLeaderParts) {
    this.#parts = parts;
  }

  /** @throws what the API server throws; the next call goes on from what it holds */
  async lead(): Promise<void> {
    const { store, metrics } = this.#parts;
    let read = await store.read();
    const { data } = read.maps.rollouts;
    const names = Object.keys(data).filter((key) => !key.endsWith(statusSuffix)).sort();
    const orphans = Object.keys(data).filter((key) => key.endsWith(statusSuffix) && !names.includes(key.slice(0, -statusSuffix.length)));
    if (orphans.length > 0) read = await this.#write(read, Object.fromEntries(orphans.map((key) => [key, null])));
    const rollouts = names.flatMap((name): KnownRollout[] => {
      const reading = readRollout(known, name, data[name] ?? "");
      this.#parts.metrics.rollout_invalid.set({ rollout: name }, "spec" in reading ? 0 : 1);
      if ("spec" in reading) return [{ name, spec: reading.spec, status: readStatus(data[`${name}${statusSuffix}`]) }];
      this.#tellOnce(read, `spec ${name}`, "RolloutInvalid", reading.problems.map(spellProblem).join("; "));
      return [];
    });
    await forgetRollouts(metrics, names.map((name) => ({ name, spec: rollouts.find((rollout) => rollout.name === name)?.spec })));
    for (const rollout of rollouts) read = await this.#leadOne(read, rollout, rollouts);
  }

  /** Shows nothing any more: another one leads, and shows where the rollouts are. */
  async standBy(): Promise<void> {
    await forgetRollouts(this.#parts.metrics, []);
  }

  async #leadOne(read: RolloutMaps, rollout: KnownRollout, all: readonly KnownRollout[]): Promise<RolloutMaps> {
    const { name, spec, status } = rollout;
    const { metrics } = this.#parts;
    const asks = status?.phase === "spreading" || status?.phase === "returning";
    const missing = asks ? missingPods(await this.#parts.pods.revisions(), this.#revisionOf(read)) : undefined;
    // After the answers of the pods: what is told of them was true by then.
    const now = new Date();
    const look = status !== undefined && lookIsDue(status, spec, now) ? await this.#look(rollout, status, now) : undefined;
    const waits = status === undefined || status.phase === "waiting";
    const blocked = waits ? (blockingRollout(rollout, all) ?? (windowIsOpen(spec.startWindow, now) ? undefined : "Its start window is shut.")) : undefined;
    const next = nextStatus(status, { rollout: name, spec, now, blocked, missing, request: readRequest(read.maps.rollouts.annotations, name), look });
    if (look !== undefined) countLook(metrics, name, look);
    const after = await this.#keep(read, rollout, next, look, now);
    showRollout(metrics, name, spec, after.status, now);
    return this.#sendNotice(after.read, name, spec, after.status);
  }

  /** Writes what changed, its record first. When somebody wrote in between, nothing is: the next moment sees what they wrote. */
  async #keep(read: RolloutMaps, { name, spec, status: before }: KnownRollout, { status, decision }: Next, look: Look | undefined, now: Date): Promise<{ read: RolloutMaps; status: RolloutStatus }> {
    const { store, metrics, log } = this.#parts;
    const text = writeStatus(status);
    const key = `${name}${statusSuffix}`;
    if (text === read.maps.rollouts.data[key]) return { read, status };
    if (decision !== undefined) await store.keepRecord(recordKey({ rollout: name, startedAt: status.startedAt ?? now.toISOString(), number: status.decisions }), writeRecord(recordOf(name, spec, before, status, decision, look, now)));
    const written = await this.#write(read, { [key]: text });
    if (written === read) return { read, status: before ?? status };
    if (decision !== undefined) {
      countDecision(metrics, decision.kind);
      log.info({ rollout: name, decision: decision.kind, weight: status.weight, why: decision.why }, "the rollout moved");
      this.#tell(written, "RolloutMoved", `${name}: ${decision.kind}, now ${status.weight} %, because ${decision.why}`, decision.kind === "go-back" || decision.kind === "hold");
    }
    if (before?.phase === "returning" && status.phase === "returned") metrics.rollout_return_duration_seconds.observe((now.getTime() - Date.parse(before.since)) / 1_000);
    return { read: written, status };
  }

  /** Sends news until they are taken; then, and only then, they are struck off the status. */
  async #sendNotice(read: RolloutMaps, name: string, spec: RolloutSpec, status: RolloutStatus): Promise<RolloutMaps> {
    if (status.notice === null) return read;
    const { alertmanagerUrl, sources } = this.#parts;
    try {
      if (alertmanagerUrl !== "") await tellAlertmanager(alertmanagerUrl, status.notice, { rollout: name, spec, namespace: sources.namespace });
    } catch (error) {
      this.#tellOnce(read, `notice ${name}`, "RolloutNoticeFailed", `${name}: Alertmanager could not be told yet: ${error instanceof Error ? error.message : String(error)}`);
      return read;
    }
    return this.#write(read, { [`${name}${statusSuffix}`]: writeStatus({ ...status, notice: null }) });
  }

  async #look({ spec }: KnownRollout, status: RolloutStatus, now: Date): Promise<Look | undefined> {
    const step = spec.steps[status.step - 1];
    if (step === undefined || status.clock === null) return undefined;
    return judgeLook(await observeGates(this.#parts.sources, { spec, step, since: new Date(status.clock), now }));
  }

  /** The revision that a pod reports which has seen these maps. */
  #revisionOf({ maps }: RolloutMaps): string {
    const set = new FlagSet({ definitions: known, environment: this.#parts.environment, variables: {} });
    for (const map of ["definitions", "overrides", "rollouts"] as const) set.take(map, maps[map]);
    return set.revision;
  }

  /** The maps with the change in them; the very same when somebody was faster. */
  async #write(read: RolloutMaps, change: Readonly<Record<string, string | null>>): Promise<RolloutMaps> {
    const version = await this.#parts.store.write(change, read.version);
    if (version === undefined) return read;
    const data = Object.fromEntries(Object.entries({ ...read.maps.rollouts.data, ...change }).filter((entry): entry is [string, string] => entry[1] !== null));
    return { ...read, version, maps: { ...read.maps, rollouts: { ...read.maps.rollouts, data } } };
  }

  #tellOnce(read: RolloutMaps, about: string, reason: string, message: string): void {
    if (this.#told.get(about) === message) return;
    this.#told.set(about, message);
    this.#parts.log.warn({ reason }, message);
    this.#tell(read, reason, message, true);
  }

  #tell({ uid, version }: RolloutMaps, reason: string, message: string, warning: boolean): void {
    const { store, log, sources } = this.#parts;
    store.tell(rolloutEvent({ reason, message, warning, namespace: sources.namespace, uid, version, now: new Date() })).catch((error: unknown) => log.warn({ err: error }, "an Event could not be written"));
  }
}

function recordOf(rollout: string, spec: RolloutSpec, before: RolloutStatus | undefined, after: RolloutStatus, decision: Decision, look: Look | undefined, now: Date): DecisionRecord {
  const at = now.toISOString();
  return {
    rollout,
    flag: spec.flag,
    variant: spec.variant,
    number: after.decisions,
    decision: decision.kind,
    why: decision.why,
    at,
    step: before?.step ?? 0,
    weight: before?.weight ?? 0,
    window: look === undefined || before?.clock == null ? null : { from: before.clock, to: at },
    look: look === undefined ? null : { verdict: look.verdict, gates: look.gates },
  };
}
