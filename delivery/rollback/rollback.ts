import { setTimeout } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { Deployment } from "../releases/checkpoint.ts";
import type { Decrypt } from "../releases/passphrase.ts";
import { acknowledge, quarantine } from "../releases/quarantine.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { fingerprintOf, ReleaseHistory } from "../releases/release-history.ts";
import { who } from "../who.ts";
import { told } from "./api-error.ts";
import { removeBegun, rollbackName, writeBegun } from "./begun-rollback.ts";
import { contextOf } from "./cluster.ts";
import { putBackFinished } from "./finished-jobs.ts";
import { LiveFlags } from "./flag-overrides.ts";
import { bringImages } from "./images.ts";
import { preparedState } from "./jobs.ts";
import { freeAbandonedLock } from "./lock.ts";
import { judgeSteps, type PlannedStep, renamedSince } from "./plan.ts";
import { replay } from "./replay.ts";
import { openStack, StepCollector } from "./replay-stack.ts";
import { setRolePasswords } from "./role-passwords.ts";
import { withRollbackLock } from "./rollback-lock.ts";
import { SchemaChange } from "./schema-change.ts";
import { firstLines, imagesFor, namespaceOf, planRollback, type RollbackPlan, type RollbackRequest } from "./rollback-plan.ts";
import { exportSealed, importSealed } from "./stack-state.ts";
import { compareWithCluster, type Mismatch } from "./verify.ts";

/** A pod that is not ready has this long to become it, besides what the replay itself waits. */
const MOST_LOOKS = 6;
const LOOK_AGAIN_MS = 10_000;

/** How a rollback ended. */
export interface RollbackResult {
  readonly seconds: number;
  readonly compared: number;
  readonly mismatches: readonly Mismatch[];
  /** Steps that a preview of the replay still wants, after a refresh; none when all is as recorded. */
  readonly remaining: readonly PlannedStep[];
  /** Staged rollouts of flags that were paused first; they stay so until somebody resumes them. */
  readonly paused: readonly string[];
  /** Versions of migrations that were taken back, and of those that were applied. */
  readonly undone: readonly string[];
  readonly applied: readonly string[];
}

/** Goes back to recorded releases of one stack. */
export class Rollback {
  readonly #stack: string;
  readonly #history: ReleaseHistory;

  constructor(stack: string) {
    this.#stack = stack;
    this.#history = new ReleaseHistory(stack);
  }

  /** Finds out what going back takes. */
  async plan(request: RollbackRequest): Promise<RollbackPlan> {
    return told(planRollback(this.#stack, this.#history, request));
  }

  /**
   * Does what the plan says. Cut off at any moment, the same command finishes it.
   *
   * @throws ReleaseError when the plan has obstacles, somebody else works on the stack or has changed it since, or Pulumi cannot finish
   */
  async run(plan: RollbackPlan, note: (message: string) => void): Promise<RollbackResult> {
    if (plan.obstacles.length > 0) throw new ReleaseError(plan.obstacles.map(({ reason }) => reason).join("\n"));
    const { target, wanted, today } = plan;
    return told(
      withRollbackLock(this.#stack, async () => {
        await freeAbandonedLock(this.#stack);
        const decrypt = await this.#history.decryptOf(target.deployment);
        const { stack, close } = await openStack(this.#stack, target.update.entry, target.deployment, replay(wanted, decrypt, renamedSince(wanted, today)));
        try {
          return await this.#replay(plan, { stack, decrypt }, note);
        } finally {
          await close();
        }
      }),
    );
  }

  async #replay(plan: RollbackPlan, { stack, decrypt }: { readonly stack: Stack; readonly decrypt: Decrypt }, note: (message: string) => void): Promise<RollbackResult> {
    const { target, request, jobs, today, wanted, drift, flags } = plan;
    const began = Date.now();
    await this.#unchanged(stack, today);
    note("bringing images");
    await bringImages(imagesFor(wanted, request, plan.schema.undoImage));
    const context = contextOf(target.update.entry);
    const namespace = namespaceOf(today);
    const live = namespace === undefined ? undefined : new LiveFlags(context, namespace);
    const schema = new SchemaChange(plan, note);
    try {
      await this.#begin(plan);
      const paused = (await live?.pauseRollouts()) ?? [];
      note("preparing the state");
      await putBackFinished(jobs.gone, decrypt, context);
      await importSealed(stack, preparedState(await this.#unchanged(stack, today), jobs));
      await schema.before();
      await setRolePasswords(today, plan.passwords, context);
      const stale = drift.filter(({ live: object }) => object === undefined || !request.keepDrift).map(({ urn }) => urn);
      if (stale.length > 0) {
        note("reading what was changed by hand");
        await stack.refresh({ target: stale });
      }
      await stack.up({ message: messageOf(plan), onEvent: (event) => note(describeEvent(event.resourcePreEvent?.metadata)) });
      await schema.after();
      if (request.withFlags && flags.then !== undefined) await live?.restore(flags.then, target.update.release ?? 0);
      note("comparing with the cluster");
      const { compared, mismatches } = await compareWithCluster(wanted, decrypt, context);
      const remaining = await this.#remaining(async () => {
        note("previewing what is left");
        const collector = new StepCollector();
        await stack.preview({ refresh: true, onEvent: collector.onEvent });
        return judgeSteps(collector.steps, today, new Map()).filter(({ operation }) => operation !== "unchanged");
      });
      if (mismatches.length === 0 && remaining.length === 0) await removeBegun(this.#stack);
      return { seconds: (Date.now() - began) / 1_000, compared, mismatches, remaining, paused, undone: schema.undone, applied: schema.applied };
    } catch (error) {
      throw new ReleaseError(`The rollback was not finished: ${firstLines(error)}\nRun the same command again: it goes on where it stopped.`);
    }
  }

  /**
   * What Pulumi has of the stack, sealed.
   *
   * @throws ReleaseError when it is no longer what the plan was made of
   */
  async #unchanged(stack: Stack, today: Deployment): Promise<Deployment> {
    const sealed = await exportSealed(stack);
    if (sealed.manifest.time !== today.manifest.time) throw new ReleaseError(`Somebody else has changed the stack ${this.#stack} since the plan was made. Run the same command again.`);
    return sealed;
  }

  /** What a preview would change. An update of no property is a workload with a pod that is not ready this moment: it is looked at again. */
  async #remaining(preview: () => Promise<PlannedStep[]>): Promise<readonly PlannedStep[]> {
    let remaining = await preview();
    for (let look = 1; look < MOST_LOOKS && remaining.length > 0 && remaining.every(({ operation, properties }) => operation === "updated" && properties.length === 0); look += 1) {
      await setTimeout(LOOK_AGAIN_MS);
      remaining = await preview();
    }
    return remaining;
  }

  /** Notes what is to be done, so that it can be finished, and keeps what is left from being deployed again meanwhile. */
  async #begin({ from, target, wanted: runs, request }: RollbackPlan): Promise<void> {
    const [at, by] = [new Date().toISOString(), who()];
    await writeBegun(this.#stack, { to: target.update.release ?? 0, from: from.id, request, at, by });
    const left = fingerprintOf((await this.#history.read(from)).deployment);
    const wanted = fingerprintOf(target.deployment);
    if (left !== wanted && left !== "") await quarantine(this.#stack, { fingerprint: left, release: from.release ?? 0, at, by }, fingerprintOf(runs));
    // A part of the target says nothing about the rest of it.
    if (request.only === undefined) await acknowledge(this.#stack, wanted);
  }
}

function messageOf({ target, request }: RollbackPlan): string {
  return `${rollbackName(target.update.release ?? 0, request.only)}, by ${who()}`;
}

function describeEvent(metadata: { readonly op: string; readonly urn: string } | undefined): string {
  return metadata === undefined || metadata.op === "same" ? "replaying" : `${metadata.op} ${metadata.urn.slice(metadata.urn.lastIndexOf("::") + 2)}`;
}
