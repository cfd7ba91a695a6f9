import { definitions } from "@forecast-stack/flags/definitions.ts";
import { statusSuffix } from "@forecast-stack/flags/exposures.ts";
import type { Environment, FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { type DecisionRecord, recordKey, writeRecord } from "@forecast-stack/rollouts/decision-record.ts";
import { judgeLook, type Look } from "@forecast-stack/rollouts/look.ts";
import { type Decision, haltOf, lookIsDue, type Next, nextStatus, specName } from "@forecast-stack/rollouts/next-status.ts";
import { readRollout, spellProblem } from "@forecast-stack/rollouts/read-rollout.ts";
import { readRequest, requestAnnotation } from "@forecast-stack/rollouts/request.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { freshStatus, readStatus, type RolloutStatus, writeStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import type { Log } from "../platform/log.ts";
import { messageOf } from "../platform/thrown.ts";
import { tellAlertmanager } from "./alertmanager.ts";
import { apiFailure } from "./api-failure.ts";
import { blockingRollout, type KnownRollout } from "./blocking-rollout.ts";
import { type LivePods, missingPods } from "./live-pods.ts";
import { observeGates, type Sources } from "./observe-gates.ts";
import { PodFlags } from "./pod-flags.ts";
import type { RolloutMaps, RolloutMapStore } from "./rollout-maps.ts";
import { RolloutNews } from "./rollout-news.ts";
import { countDecision, countLook, forgetRollouts, showRollout } from "./rollout-gauges.ts";

export interface RolloutLeaderParts {
  readonly sources: Sources;
  readonly store: Pick<RolloutMapStore, "read" | "write" | "keepRecord" | "tell">;
  readonly pods: Pick<LivePods, "revisions">;
  readonly alertmanagerUrl: string;
  readonly environment: Environment;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Whether this process still holds the lease, renewed where it is time. */
type Holds = () => Promise<boolean>;

const known: FlagDefinitions = definitions;

/**
 * Leads all rollouts of a namespace one moment on: reads what people ask for
 * and where each rollout is, lets nextStatus decide, and writes what follows.
 * A decision's record is kept before its status, and its news is sent after, as
 * often as it takes: whoever crashes in between leaves nothing undone and
 * nothing done twice. Without its record a rollout goes back all the same, and
 * on only with it.
 */
export class RolloutLeader {
  readonly #parts: RolloutLeaderParts;
  readonly #flags: PodFlags;
  readonly #news: RolloutNews;

  constructor(parts: RolloutLeaderParts) {
    this.#parts = parts;
    this.#flags = new PodFlags(known, parts.environment);
    this.#news = new RolloutNews({ store: parts.store, namespace: parts.sources.namespace, log: parts.log });
  }

  /**
   * Leaves off where the lease is another process's.
   *
   * @throws what the API server throws, and when a rollout could not be led, after all others were; the next call goes on from what it holds
   */
  async lead(holds: Holds): Promise<void> {
    const { store, metrics } = this.#parts;
    let read = await store.read();
    this.#flags.take(read.maps);
    const keys = Object.keys(read.maps.rollouts.data);
    const names = keys.filter((key) => !key.endsWith(statusSuffix)).sort();
    const specs = new Map(names.map((name) => [name, this.#specOf(read, name)] as const));
    await forgetRollouts(metrics, names.map((name) => ({ name, spec: specs.get(name) })));
    this.#news.keep(names);
    const failures: unknown[] = [];
    for (const name of names) {
      const all = knownIn(read, specs);
      const rollout = all.find((one) => one.name === name);
      if (rollout === undefined) continue;
      try {
        const after = await this.#leadOne(read, rollout, all, holds);
        if (after === undefined) return;
        read = after;
        this.#news.over(name, "RolloutNotLed");
      } catch (error) {
        failures.push(error);
        this.#news.problem(read, name, "RolloutNotLed", `${name} cannot be led and stays as it is: ${apiFailure(error)}`);
      }
    }
    await this.#forgetOrphans(read, keys.filter((key) => key.endsWith(statusSuffix)).map((key) => key.slice(0, -statusSuffix.length)).filter((name) => !specs.has(name)));
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${names.length} rollouts could not be led`);
  }

  /** Shows nothing any more: another one leads, and shows where the rollouts are. */
  async standBy(): Promise<void> {
    await forgetRollouts(this.#parts.metrics, []);
  }

  /** The specification of a rollout; undefined, and told, when it cannot be used. */
  #specOf(read: RolloutMaps, name: string): RolloutSpec | undefined {
    const reading = readSpec(name, read.maps.rollouts.data[name] ?? "");
    this.#parts.metrics.rollout_invalid.set({ rollout: name }, "spec" in reading ? 0 : 1);
    if ("spec" in reading) {
      this.#news.over(name, "RolloutInvalid");
      return reading.spec;
    }
    this.#news.problem(read, name, "RolloutInvalid", reading.problem);
    return undefined;
  }

  /** The maps after it; undefined when another process holds the lease by then. */
  async #leadOne(read: RolloutMaps, rollout: KnownRollout, all: readonly KnownRollout[], holds: Holds): Promise<RolloutMaps | undefined> {
    const { name, spec, status } = rollout;
    const { metrics } = this.#parts;
    const request = readRequest(read.maps.rollouts.annotations, name);
    const asks = status?.phase === "spreading" || status?.phase === "returning";
    const missing = asks ? await this.#missing() : undefined;
    // After the answers of the pods: what is told of them was true by then.
    const now = new Date();
    const overridden = this.#flags.isOverridden(spec.flag, now);
    // What a person asks for does not wait for a look.
    const looks = status !== undefined && lookIsDue(status, spec, now) && haltOf({ spec, overridden }) === undefined && (request === undefined || request.id === status.handledRequest);
    const look = looks ? await this.#look(rollout, status, now) : undefined;
    if (!(await holds())) return undefined;
    const blocked = blockingRollout(rollout, all, { now, isOverridden: (flag) => this.#flags.isOverridden(flag, now) });
    const next = nextStatus(status, { rollout: name, spec, now, blocked, overridden, missing, request, look });
    if (look !== undefined) countLook(metrics, name, look);
    const after = await this.#keep(read, rollout, next, look, now);
    showRollout(metrics, name, spec, after.status, now);
    return this.#sendNotice(after.read, name, spec, after.status);
  }

  /** Which pods do not answer by these flags yet. Never rejects: who cannot be asked does not agree, and that keeps nobody from going back. */
  async #missing(): Promise<string | undefined> {
    try {
      return missingPods(await this.#parts.pods.revisions(), this.#flags.revision, this.#flags.ignored);
    } catch (error) {
      return `The pods cannot be listed: ${apiFailure(error)}.`;
    }
  }

  /** Writes what changed, its record first. When somebody wrote in between, nothing is: the next moment sees what they wrote. */
  async #keep(read: RolloutMaps, rollout: KnownRollout, { status, decision }: Next, look: Look | undefined, now: Date): Promise<{ read: RolloutMaps; status: RolloutStatus }> {
    const { metrics, log } = this.#parts;
    const { name, spec, status: before } = rollout;
    const text = writeStatus(status);
    const key = `${name}${statusSuffix}`;
    if (text === read.maps.rollouts.data[key]) return { read, status };
    const unmoved = before ?? freshStatus(specName(spec), now);
    if (decision !== undefined) {
      const failure = await this.#keepRecord(read, recordKey({ rollout: name, startedAt: status.startedAt ?? now.toISOString(), number: status.decisions }), recordOf(name, spec, before, status, decision, look, now));
      if (failure !== undefined && (decision.kind === "advance" || decision.kind === "complete")) return this.#keep(read, rollout, { status: { ...unmoved, reason: `It does not go on, because the record of why cannot be kept: ${failure}.` } }, undefined, now);
    }
    const written = await this.#write(read, { [key]: text });
    if (written === read) return { read, status: unmoved };
    if (decision !== undefined) {
      countDecision(metrics, decision.kind);
      log.info({ rollout: name, decision: decision.kind, weight: status.weight, why: decision.why }, "the rollout moved");
      this.#news.tell(written, "RolloutMoved", `${name}: ${decision.kind}, now ${status.weight} %, because ${decision.why}`, decision.kind === "go-back" || decision.kind === "hold");
    }
    if (before?.phase === "returning" && status.phase === "returned") metrics.rollout_return_duration_seconds.observe((now.getTime() - Date.parse(before.since)) / 1_000);
    return { read: written, status };
  }

  /** Why a record cannot be kept; undefined when it is. */
  async #keepRecord(read: RolloutMaps, key: string, record: DecisionRecord): Promise<string | undefined> {
    try {
      await this.#parts.store.keepRecord(key, writeRecord(record));
      this.#news.over(record.rollout, "RolloutRecordFailed");
      return undefined;
    } catch (error) {
      const failure = apiFailure(error);
      this.#news.problem(read, record.rollout, "RolloutRecordFailed", `${record.rollout}: the record of its decision (${record.decision}) cannot be kept: ${failure}`);
      return failure;
    }
  }

  /** Sends news until they are taken; then, and only then, they are struck off the status. */
  async #sendNotice(read: RolloutMaps, name: string, spec: RolloutSpec, status: RolloutStatus): Promise<RolloutMaps> {
    if (status.notice === null) return read;
    const { alertmanagerUrl, sources } = this.#parts;
    try {
      if (alertmanagerUrl !== "") await tellAlertmanager(alertmanagerUrl, status.notice, { rollout: name, spec, namespace: sources.namespace });
      this.#news.over(name, "RolloutNoticeFailed");
    } catch (error) {
      this.#news.problem(read, name, "RolloutNoticeFailed", `${name}: Alertmanager could not be told yet: ${messageOf(error)}`);
      return read;
    }
    return this.#write(read, { [`${name}${statusSuffix}`]: writeStatus({ ...status, notice: null }) });
  }

  async #look({ spec }: KnownRollout, status: RolloutStatus, now: Date): Promise<Look | undefined> {
    const step = spec.steps[status.step - 1];
    if (step === undefined || status.clock === null) return undefined;
    return judgeLook(await observeGates(this.#parts.sources, { spec, step, since: new Date(status.clock), now }));
  }

  /** Takes away what is left of rollouts that were removed: one that comes under their name begins its own life, and owes them nothing. */
  async #forgetOrphans(read: RolloutMaps, names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.#write(read, Object.fromEntries(names.map((name) => [`${name}${statusSuffix}`, null])), Object.fromEntries(names.map((name) => [requestAnnotation(name), null])));
  }

  /** The maps with the change in them; the very same when somebody was faster. */
  async #write(read: RolloutMaps, change: Readonly<Record<string, string | null>>, annotations: Readonly<Record<string, null>> = {}): Promise<RolloutMaps> {
    const version = await this.#parts.store.write(change, read.version, annotations);
    if (version === undefined) return read;
    const data = Object.fromEntries(Object.entries({ ...read.maps.rollouts.data, ...change }).filter((entry): entry is [string, string] => entry[1] !== null));
    const maps = { ...read.maps, rollouts: { ...read.maps.rollouts, data } };
    this.#flags.take(maps);
    return { ...read, version, maps };
  }
}

function readSpec(name: string, text: string): { readonly spec: RolloutSpec } | { readonly problem: string } {
  try {
    const reading = readRollout(known, name, text);
    return "spec" in reading ? reading : { problem: reading.problems.map(spellProblem).join("; ") };
  } catch (error) {
    // What one rollout's text does to the reader keeps no other from being led.
    return { problem: `${name}: ${messageOf(error)}` };
  }
}

/** The rollouts whose specification can be used, each where it is. */
function knownIn({ maps }: RolloutMaps, specs: ReadonlyMap<string, RolloutSpec | undefined>): KnownRollout[] {
  return [...specs].flatMap(([name, spec]) => (spec === undefined ? [] : [{ name, spec, status: readStatus(maps.rollouts.data[`${name}${statusSuffix}`]) }]));
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
