import { deploymentSchema, type Deployment, outputsOf } from "../releases/checkpoint.ts";
import { readQuarantine } from "../releases/quarantine.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { fingerprintOf, type ReadRelease, type ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";
import { type DatabaseSchema, readSchema } from "./applied-migrations.ts";
import { clusterObstacles, contextOf, jobExists } from "./cluster.ts";
import { withDrift } from "./drift.ts";
import { type FlagComparison, LiveFlags, overridesOf } from "./flag-overrides.ts";
import { imageObstacles } from "./images.ts";
import { type Jobs, sortJobs, withoutRunningJobs } from "./jobs.ts";
import { keepOfToday } from "./kept.ts";
import { freeAbandonedLock } from "./lock.ts";
import { onlyPart } from "./part.ts";
import { imagesOf, judgeSteps, type Obstacle, type PlannedStep, renamedSince, withDriftReasons } from "./plan.ts";
import { replay } from "./replay.ts";
import { openStack, StepCollector } from "./replay-stack.ts";
import { changedPasswords } from "./role-passwords.ts";
import { planSchema, schemaObstacles, type SchemaPlan } from "./schema.ts";
import { compareWithCluster, type Mismatch } from "./verify.ts";

/** What somebody asks of a rollback. */
export interface RollbackRequest {
  /** The release; undefined: the newest one before today's that is something else and was not rolled back from. */
  readonly to: number | undefined;
  /** One component alone, by its name; undefined: the whole stack. */
  readonly only: string | undefined;
  /** Leave what was changed in the cluster by hand. */
  readonly keepDrift: boolean;
  /** Make the overrides of the flags those of that release; otherwise today's stay. */
  readonly withFlags: boolean;
  /** Take back the migrations that the release did not have. */
  readonly undoMigrations: boolean;
  /** Also those whose undo loses data. */
  readonly acceptDataLoss: boolean;
}

/** What a rollback would do, found out without changing anything. */
export interface RollbackPlan {
  readonly stack: string;
  readonly request: RollbackRequest;
  readonly from: NumberedUpdate;
  readonly target: ReadRelease;
  /** What Pulumi knew of the stack when the plan was made. */
  readonly today: Deployment;
  /** What the stack is to become. */
  readonly wanted: Deployment;
  readonly steps: readonly PlannedStep[];
  readonly jobs: Jobs;
  /** What is not in the cluster as Pulumi knows it. */
  readonly drift: readonly Mismatch[];
  readonly flags: FlagComparison;
  /** Role of the database → the password that it gets back. */
  readonly passwords: ReadonlyMap<string, string>;
  /** What the database has, and what the target makes of it. */
  readonly schema: SchemaPlan & Pick<DatabaseSchema, "source" | "undoImage">;
  readonly obstacles: readonly Obstacle[];
}

/**
 * Finds out what going back takes.
 *
 * @throws ReleaseError when there is no such release, it cannot be read, or somebody works on the stack
 */
export async function planRollback(stack: string, history: ReleaseHistory, request: RollbackRequest): Promise<RollbackPlan> {
  await freeAbandonedLock(stack);
  const releases = (await history.updates()).filter(({ release }) => release !== null);
  const from = releases.at(-1);
  if (from === undefined) throw new ReleaseError(`The stack ${stack} has no release yet.`);
  const target = request.to === undefined ? await lastGood(stack, history, releases) : await history.release(request.to);
  const context = contextOf(target.update.entry);
  const today = await readToday(stack, target);
  const decrypt = await history.decryptOf(target.deployment);
  const decryptToday = await history.decryptOf(today);
  const strangers = await clusterObstacles(context, today);
  // Everything below asks the cluster, which must be the right one.
  if (strangers.length > 0) throw new ReleaseError(strangers.map(({ reason }) => reason).join("\n"));
  const latest = await history.read(from);
  const [{ mismatches: drift }, flags, database] = await Promise.all([compareWithCluster(today, decryptToday, context), compareFlags(context, target.deployment, today), readSchema(history, releases, { target, today, latest }, context)]);
  const schema = { ...planSchema(target.deployment, database.applied), source: database.source, undoImage: database.undoImage };
  // Since the last release too: an update that was cut off may have changed the Secret, but not the role.
  const passwords = new Map([
    ...changedPasswords(target.deployment, today, { target: decrypt, today: decryptToday }),
    ...changedPasswords(target.deployment, latest.deployment, { target: decrypt, today: await history.decryptOf(latest.deployment) }),
  ]);
  const recorded = request.only === undefined ? target.deployment : onlyPart(target.deployment, today, request.only);
  const jobs = await sortJobs(recorded, today, (place) => jobExists(context, place));
  const kept = keepOfToday(recorded, today);
  const wanted = compose(kept.deployment, { today, drift: request.keepDrift ? drift : [], overrides: request.withFlags ? (flags.then ?? flags.today) : flags.today });
  const collector = new StepCollector();
  const program = replay(wanted, decrypt, renamedSince(recorded, today));
  const { stack: opened, close } = await openStack(stack, target.update.entry, target.deployment, program);
  try {
    await opened.preview({ refresh: drift.length > 0 && !request.keepDrift, onEvent: collector.onEvent });
  } catch (error) {
    throw new ReleaseError(`Pulumi cannot preview release ${target.update.release ?? 0}: ${firstLines(error)}`);
  } finally {
    await close();
  }
  const taken = new Set([...jobs.adopted, ...jobs.gone].map(({ urn }) => urn));
  const judged = judgeSteps(collector.steps, today, kept.reasons).map((step): PlannedStep => (taken.has(step.urn) ? { ...step, operation: "unchanged", reason: "ran then, is not run again" } : step));
  const steps = withDriftReasons(judged, drift, request.keepDrift);
  const obstacles = [
    ...schemaObstacles(schema, request),
    ...(await imageObstacles(imagesFor(wanted, request, schema.undoImage))),
    ...(request.only !== undefined && passwords.size > 0 ? [{ reason: `The passwords of the database were changed since then, and ${request.only} alone would have the old ones: go back without --only.` }] : []),
    ...(request.withFlags && flags.then === undefined ? [{ reason: "That release did not record the overrides of its flags: go back without --with-flags." }] : []),
    ...steps.filter(({ risk }) => risk === "blocked").map(({ name, reason }) => ({ reason: `${name}: ${reason}.` })),
  ];
  return { stack, request, from, target, today, wanted, steps, jobs, drift, flags, passwords, schema, obstacles };
}

/** The images that a rollback needs: those of the pods, and the one that undoes migrations. */
export function imagesFor(wanted: Deployment, { undoMigrations }: RollbackRequest, undoImage: string | undefined): string[] {
  return [...imagesOf(wanted), ...(undoMigrations && undoImage !== undefined ? [undoImage] : [])];
}

/** What Pulumi knows of the stack now: also what an update left that failed or was cut off. */
export async function readToday(stack: string, target: ReadRelease): Promise<Deployment> {
  const { stack: opened, close } = await openStack(stack, target.update.entry, target.deployment, () => Promise.resolve({}));
  try {
    return deploymentSchema.parse((await opened.exportStack()).deployment);
  } finally {
    await close();
  }
}

/** What the replay registers: the record with what is kept of today, less what must not run again. */
function compose(recorded: Deployment, { today, drift, overrides }: { readonly today: Deployment; readonly drift: readonly Mismatch[]; readonly overrides: FlagComparison["today"] }): Deployment {
  const wanted = withDrift(withoutRunningJobs(recorded, today), drift);
  if (!("flagOverrides" in outputsOf(recorded))) return wanted;
  // The overrides that this update is made with, as every release records its own.
  return { ...wanted, resources: wanted.resources.map((resource) => (resource.type === "pulumi:pulumi:Stack" ? { ...resource, outputs: { ...resource.outputs, flagOverrides: overrides } } : resource)) };
}

async function compareFlags(context: string | undefined, target: Deployment, today: Deployment): Promise<FlagComparison> {
  const then = overridesOf(target);
  const namespace = namespaceOf(today);
  return { then, today: namespace === undefined ? {} : await new LiveFlags(context, namespace).overrides() };
}

/** The namespace that the stack's outputs name. */
export function namespaceOf(deployment: Deployment): string | undefined {
  const { namespace } = outputsOf(deployment);
  return typeof namespace === "string" ? namespace : undefined;
}

async function lastGood(stack: string, history: ReleaseHistory, releases: readonly NumberedUpdate[]): Promise<ReadRelease> {
  const today = await history.read(releases.at(-1) as NumberedUpdate);
  const bad = new Set((await readQuarantine(stack)).map(({ fingerprint }) => fingerprint));
  for (const update of releases.slice(0, -1).toReversed()) {
    const candidate = await history.read(update);
    const name = fingerprintOf(candidate.deployment);
    if (name !== fingerprintOf(today.deployment) && !bad.has(name)) return candidate;
  }
  throw new ReleaseError(`The stack ${stack} has no earlier release that is something else and was not rolled back from. Choose one of forecastctl releases ${stack} with --to.`);
}

/** Pulumi's errors hold its whole output; what matters stands in its diagnostics, or else in what the CLI complained of. */
export function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = /Diagnostics:([^]*)/.exec(text) ?? / stderr:([^]*?)(?:\n err\?:|$)/.exec(text);
  return (said?.[1] ?? text).trim().split("\n").slice(0, 15).join("\n");
}
