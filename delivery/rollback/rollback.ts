import { setTimeout } from "node:timers/promises";
import { userInfo } from "node:os";
import { acknowledge, quarantine } from "../releases/quarantine.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { fingerprintOf, type ReadRelease, ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";
import { contextOf } from "./cluster.ts";
import { putBackFinished } from "./finished-jobs.ts";
import { LiveFlags } from "./flag-overrides.ts";
import { bringImages } from "./images.ts";
import { preparedState } from "./jobs.ts";
import { judgeSteps, type PlannedStep, renamedSince } from "./plan.ts";
import { replay } from "./replay.ts";
import { openStack, StepCollector } from "./replay-stack.ts";
import { setRolePasswords } from "./role-passwords.ts";
import { SchemaChange } from "./schema-change.ts";
import { firstLines, imagesFor, namespaceOf, planRollback, readToday, type RollbackPlan, type RollbackRequest } from "./rollback-plan.ts";
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
    return planRollback(this.#stack, this.#history, request);
  }

  /**
   * Does what the plan says. Cut off at any moment, the same call finishes it.
   *
   * @throws ReleaseError when the plan has obstacles, the stack has changed since, or Pulumi cannot finish
   */
  async run(plan: RollbackPlan, note: (message: string) => void): Promise<RollbackResult> {
    const { target, request, from, jobs, today, wanted, drift, flags } = plan;
    if (plan.obstacles.length > 0) throw new ReleaseError(plan.obstacles.map(({ reason }) => reason).join("\n"));
    const began = Date.now();
    const context = contextOf(target.update.entry);
    if ((await readToday(this.#stack, target)).manifest.time !== today.manifest.time) throw new ReleaseError(`Somebody else has changed the stack ${this.#stack} since the plan was made. Run the same command again.`);
    note("bringing images");
    await bringImages(imagesFor(wanted, request, plan.schema.undoImage));
    // First, so that nothing deploys it again while the replay is at work or after it was cut off.
    await this.#setQuarantine(from, target, request);
    const namespace = namespaceOf(today);
    const live = namespace === undefined ? undefined : new LiveFlags(context, namespace);
    const decrypt = await this.#history.decryptOf(target.deployment);
    const schema = new SchemaChange(plan, note);
    const { stack, close } = await openStack(this.#stack, target.update.entry, target.deployment, replay(wanted, decrypt, renamedSince(wanted, today)));
    try {
      const paused = (await live?.pauseRollouts()) ?? [];
      note("preparing the state");
      await putBackFinished(jobs.gone, decrypt, context);
      await stack.importStack({ version: 3, deployment: preparedState(today, jobs) });
      await schema.before();
      await setRolePasswords(today, plan.passwords, context);
      const stale = drift.filter(({ live: object }) => object === undefined || !request.keepDrift).map(({ urn }) => urn);
      if (stale.length > 0) {
        note("reading what was changed by hand");
        await stack.refresh({ target: stale });
      }
      await stack.up({ message: messageOf(target, request), onEvent: (event) => note(describeEvent(event.resourcePreEvent?.metadata)) });
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
      return { seconds: (Date.now() - began) / 1_000, compared, mismatches, remaining, paused, undone: schema.undone, applied: schema.applied };
    } catch (error) {
      throw new ReleaseError(`The rollback was not finished: ${firstLines(error)}\nRun the same command again: it goes on where it stopped.`);
    } finally {
      await close();
    }
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

  async #setQuarantine(from: NumberedUpdate, target: ReadRelease, { only }: RollbackRequest): Promise<void> {
    const left = fingerprintOf((await this.#history.read(from)).deployment);
    const wanted = fingerprintOf(target.deployment);
    if (left !== wanted && left !== "") await quarantine(this.#stack, { fingerprint: left, release: from.release ?? 0, at: new Date().toISOString(), by: userInfo().username });
    // A part of the target says nothing about the rest of it.
    if (only === undefined) await acknowledge(this.#stack, wanted);
  }
}

function messageOf({ update }: ReadRelease, { only }: RollbackRequest): string {
  return `Rollback${only === undefined ? "" : ` of ${only}`} to release ${update.release ?? 0}, by ${userInfo().username}`;
}

function describeEvent(metadata: { readonly op: string; readonly urn: string } | undefined): string {
  return metadata === undefined || metadata.op === "same" ? "replaying" : `${metadata.op} ${metadata.urn.slice(metadata.urn.lastIndexOf("::") + 2)}`;
}
