import { userInfo } from "node:os";
import { deploymentSchema, type Deployment } from "../releases/checkpoint.ts";
import { acknowledge, quarantine, readQuarantine } from "../releases/quarantine.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { fingerprintOf, type ReadRelease, ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";
import { clusterObstacles, contextOf, jobExists } from "./cluster.ts";
import { bringImages, imageObstacles } from "./images.ts";
import { type Jobs, preparedState, sortJobs, withoutRunningJobs } from "./jobs.ts";
import { freeAbandonedLock } from "./lock.ts";
import { imagesOf, judgeSteps, keepProtected, type Obstacle, type PlannedStep, renamedSince, schemaObstacles } from "./plan.ts";
import { replay } from "./replay.ts";
import { openStack, StepCollector } from "./replay-stack.ts";
import { compareWithCluster, type Mismatch } from "./verify.ts";

/** What a rollback would do, found out without changing anything. */
export interface RollbackPlan {
  readonly stack: string;
  readonly from: NumberedUpdate;
  readonly target: ReadRelease;
  readonly steps: readonly PlannedStep[];
  readonly jobs: Jobs;
  readonly obstacles: readonly Obstacle[];
}

/** How a rollback ended. */
export interface RollbackResult {
  readonly seconds: number;
  readonly compared: number;
  readonly mismatches: readonly Mismatch[];
  /** Steps that a preview of the replay still wants, after a refresh; none when all is as recorded. */
  readonly remaining: readonly PlannedStep[];
}

/** Goes back to recorded releases of one stack. */
export class Rollback {
  readonly #stack: string;
  readonly #history: ReleaseHistory;

  constructor(stack: string) {
    this.#stack = stack;
    this.#history = new ReleaseHistory(stack);
  }

  /**
   * Finds out what going back takes.
   *
   * @param number the release; undefined: the newest one before today's that is something else and was not rolled back from
   */
  async plan(number: number | undefined): Promise<RollbackPlan> {
    await freeAbandonedLock(this.#stack);
    const releases = (await this.#history.updates()).filter(({ release }) => release !== null);
    const from = releases.at(-1);
    if (from === undefined) throw new ReleaseError(`The stack ${this.#stack} has no release yet.`);
    const target = number === undefined ? await this.#lastGood(releases) : await this.#history.release(number);
    const today = await this.#today(target);
    const jobs = await sortJobs(target.deployment, today, (place) => jobExists(contextOf(target.update.entry), place));
    const steps = await this.#preview(target, today, jobs, false);
    const adopted = new Set(jobs.adopted.map(({ urn }) => urn));
    const judged = judgeSteps(steps, today).map((step): PlannedStep => (adopted.has(step.urn) ? { ...step, operation: "unchanged", reason: "ran then; it exists and is not run again" } : step));
    const obstacles = [
      ...schemaObstacles(target.deployment, today),
      ...(await imageObstacles(imagesOf(target.deployment))),
      ...(await clusterObstacles(contextOf(target.update.entry), today)),
      ...judged.filter(({ risk }) => risk === "blocked").map(({ name, reason }) => ({ reason: `${name}: ${reason}.` })),
    ];
    return { stack: this.#stack, from, target, steps: judged, jobs, obstacles };
  }

  /**
   * Does what the plan says. Cut off at any moment, the same call finishes it.
   *
   * @throws ReleaseError when the plan has obstacles, or Pulumi cannot finish
   */
  async run(plan: RollbackPlan, note: (message: string) => void): Promise<RollbackResult> {
    const { target, from, jobs } = plan;
    if (plan.obstacles.length > 0) throw new ReleaseError(plan.obstacles.map(({ reason }) => reason).join("\n"));
    const began = Date.now();
    note("bringing images");
    await bringImages(imagesOf(target.deployment));
    // First, so that nothing deploys it again while the replay is at work or after it was cut off.
    await this.#setQuarantine(from, target);
    const today = await this.#today(target);
    const { deployment } = target;
    const decrypt = await this.#history.decryptOf(deployment);
    const wanted = withoutRunningJobs(keepProtected(deployment, today), today, jobs.gone);
    const { stack, close } = await openStack(this.#stack, target.update.entry, deployment, replay(wanted, decrypt, renamedSince(deployment, today)));
    try {
      note("preparing the state");
      await stack.importStack({ version: 3, deployment: preparedState(today, jobs.adopted) });
      await stack.up({ message: `Rollback to release ${target.update.release ?? 0}, by ${userInfo().username}`, onEvent: (event) => note(describeEvent(event.resourcePreEvent?.metadata)) });
      note("comparing with the cluster");
      const { compared, mismatches } = await compareWithCluster(wanted, decrypt, contextOf(target.update.entry));
      const collector = new StepCollector();
      note("previewing what is left");
      await stack.preview({ refresh: true, onEvent: collector.onEvent });
      const remaining = judgeSteps(collector.steps, today).filter(({ operation }) => operation !== "unchanged");
      return { seconds: (Date.now() - began) / 1_000, compared, mismatches, remaining };
    } catch (error) {
      throw new ReleaseError(`The rollback was not finished: ${firstLines(error)}\nRun the same command again: it goes on where it stopped.`);
    } finally {
      await close();
    }
  }

  async #lastGood(releases: readonly NumberedUpdate[]): Promise<ReadRelease> {
    const today = await this.#history.read(releases.at(-1) as NumberedUpdate);
    const bad = new Set((await readQuarantine(this.#stack)).map(({ fingerprint }) => fingerprint));
    for (const update of releases.slice(0, -1).toReversed()) {
      const candidate = await this.#history.read(update);
      const name = fingerprintOf(candidate.deployment);
      if (name !== fingerprintOf(today.deployment) && !bad.has(name)) return candidate;
    }
    throw new ReleaseError(`The stack ${this.#stack} has no earlier release that is something else and was not rolled back from. Choose one of forecastctl releases ${this.#stack} with --to.`);
  }

  /** What Pulumi knows of the stack now: also what an update left that failed or was cut off. */
  async #today(target: ReadRelease): Promise<Deployment> {
    const { stack, close } = await openStack(this.#stack, target.update.entry, target.deployment, () => Promise.resolve({}));
    try {
      return deploymentSchema.parse((await stack.exportStack()).deployment);
    } finally {
      await close();
    }
  }

  async #preview(target: ReadRelease, today: Deployment, jobs: Jobs, refresh: boolean): Promise<StepCollector["steps"]> {
    const { deployment } = target;
    const wanted = withoutRunningJobs(keepProtected(deployment, today), today, jobs.gone);
    const program = replay(wanted, await this.#history.decryptOf(deployment), renamedSince(deployment, today));
    const { stack, close } = await openStack(this.#stack, target.update.entry, deployment, program);
    const collector = new StepCollector();
    try {
      await stack.preview({ refresh, onEvent: collector.onEvent });
      return collector.steps;
    } catch (error) {
      throw new ReleaseError(`Pulumi cannot preview release ${target.update.release ?? 0}: ${firstLines(error)}`);
    } finally {
      await close();
    }
  }

  async #setQuarantine(from: NumberedUpdate, target: ReadRelease): Promise<void> {
    const left = fingerprintOf((await this.#history.read(from)).deployment);
    const wanted = fingerprintOf(target.deployment);
    if (left !== wanted && left !== "") await quarantine(this.#stack, { fingerprint: left, release: from.release ?? 0, at: new Date().toISOString(), by: userInfo().username });
    await acknowledge(this.#stack, wanted);
  }
}

function describeEvent(metadata: { readonly op: string; readonly urn: string } | undefined): string {
  return metadata === undefined || metadata.op === "same" ? "replaying" : `${metadata.op} ${metadata.urn.slice(metadata.urn.lastIndexOf("::") + 2)}`;
}

/** Pulumi's errors hold its whole output; what matters stands in its diagnostics. */
function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const begin = text.indexOf("Diagnostics:");
  return (begin < 0 ? text : text.slice(begin + "Diagnostics:".length)).trim().split("\n").slice(0, 15).join("\n");
}
