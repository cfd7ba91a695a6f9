import { type Deployment, outputsOf } from "../releases/checkpoint.ts";
import { readQuarantine } from "../releases/quarantine.ts";
import { ReleaseError } from "../releases/release-error.ts";
import type { ReadRelease, ReleaseHistory } from "../releases/release-history.ts";
import type { NumberedUpdate } from "../releases/update.ts";
import { apiSentence } from "./api-error.ts";
import { type DatabaseSchema, readSchema } from "./applied-migrations.ts";
import { readBegun } from "./begun-rollback.ts";
import { chooseTarget, isChanged } from "./choose-target.ts";
import { clusterObstacles, contextOf, jobExists } from "./cluster.ts";
import { withDrift } from "./drift.ts";
import { type FlagComparison, LiveFlags, overridesOf } from "./flag-overrides.ts";
import { imageObstacles } from "./images.ts";
import { type Jobs, sortJobs, withoutRunningJobs } from "./jobs.ts";
import { keepOfToday, withLiveVolumes } from "./kept.ts";
import { refuseWhileBusy } from "./lock.ts";
import { onlyPart } from "./part.ts";
import { imagesOf, judgeSteps, type Obstacle, type PlannedStep, renamedSince, withDriftReasons } from "./plan.ts";
import { replay } from "./replay.ts";
import { openStack, StepCollector } from "./replay-stack.ts";
import { backupKeyNote, changedPasswords, foreignPasswordObstacles, SUPERUSER } from "./role-passwords.ts";
import { planSchema, schemaObstacles, type SchemaPlan } from "./schema.ts";
import { backupObstacles } from "./schema-change.ts";
import { readToday } from "./stack-state.ts";
import { compareWithCluster, type Mismatch } from "./verify.ts";

/** What somebody asks of a rollback. */
export interface RollbackRequest {
  /** The release; undefined: the last good one (see choose-target.ts). */
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
  /** What was asked, and what was asked of it before when it was begun already. */
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
  /** What else whoever decides should know: sentences. */
  readonly notes: readonly string[];
  readonly obstacles: readonly Obstacle[];
}

/**
 * Finds out what going back takes, and changes nothing.
 *
 * @throws ReleaseError when there is no such release, it cannot be read, or somebody works on the stack
 */
export async function planRollback(stack: string, history: ReleaseHistory, asked: RollbackRequest): Promise<RollbackPlan> {
  await refuseWhileBusy(stack);
  const updates = await history.updates();
  const releases = updates.filter(({ release }) => release !== null);
  const newest = releases.at(-1);
  if (newest === undefined) throw new ReleaseError(`The stack ${stack} has no release yet.`);
  const latest = await history.read(newest);
  // First: without its passphrase, Pulumi gives every secret as null, and no error.
  const decryptLatest = await history.decryptOf(latest.deployment);
  const today = await readToday(stack, latest);
  const decryptToday = await history.decryptOf(today);
  const changed = isChanged(latest.deployment, today, { one: decryptLatest, other: decryptToday });
  const situation = { stack, updates, latest, today, changed, quarantined: await readQuarantine(stack), begun: await readBegun(stack) };
  const { target, from, request, why } = await chooseTarget(history, situation, asked);
  const context = contextOf(target.update.entry);
  const decrypt = await history.decryptOf(target.deployment);
  const strangers = await clusterObstacles(context, today);
  // Everything below asks the cluster, which must be the right one.
  if (strangers.length > 0) throw new ReleaseError(strangers.map(({ reason }) => reason).join("\n"));
  const [{ mismatches: drift }, flags, database] = await Promise.all([compareWithCluster(today, decryptToday, context), compareFlags(context, target.deployment, today), readSchema(history, releases, { target, today, latest }, context)]);
  const schema = { ...planSchema(target.deployment, database.applied), source: database.source, undoImage: database.undoImage };
  // Since the last release too: an update that was cut off may have changed the Secret, but not the role.
  const rotated = new Map([
    ...changedPasswords(target.deployment, today, { target: decrypt, today: decryptToday }),
    ...changedPasswords(target.deployment, latest.deployment, { target: decrypt, today: decryptLatest }),
  ]);
  const recorded = request.only === undefined ? target.deployment : onlyPart(target.deployment, today, request.only);
  const jobs = await sortJobs(recorded, today, (place) => jobExists(context, place));
  // A part takes its own passwords along and no others: it is refused where they are not today's.
  const passwords: ReadonlyMap<string, string> = request.only === undefined ? rotated : new Map();
  const needed = [...rotated.keys()].filter((role) => role !== SUPERUSER || request.only !== "forecast-service");
  const kept = keepOfToday(recorded, withLiveVolumes(today, drift));
  const wanted = compose(kept.deployment, { today, drift: request.keepDrift ? drift : [], overrides: request.withFlags ? (flags.then ?? flags.today) : flags.today });
  const collector = new StepCollector();
  const program = replay(wanted, decrypt, renamedSince(recorded, today));
  const { stack: opened, close } = await openStack(stack, target.update.entry, target.deployment, program);
  try {
    await opened.preview({ refresh: drift.length > 0 && !request.keepDrift, onEvent: collector.onEvent });
  } catch (error) {
    const byHand = drift.length === 0 ? "" : `\nChanged by hand: ${drift.map(({ name }) => name).join(", ")}.`;
    throw new ReleaseError(`Pulumi cannot preview release ${target.update.release ?? 0}: ${firstLines(error)}${byHand}`);
  } finally {
    await close();
  }
  const taken = new Set([...jobs.adopted, ...jobs.gone].map(({ urn }) => urn));
  const judged = judgeSteps(collector.steps, today, kept.reasons).map((step): PlannedStep => (taken.has(step.urn) ? { ...step, operation: "unchanged", reason: "ran then, is not run again" } : step));
  const steps = withDriftReasons(judged, drift, request.keepDrift);
  const obstacles = [
    ...schemaObstacles(schema, request),
    ...backupObstacles(schema, request, { stack, today, wanted }),
    ...(await imageObstacles(imagesFor(wanted, request, schema.undoImage))),
    ...foreignPasswordObstacles(recorded, today, { target: decrypt, today: decryptToday }),
    ...(request.only !== undefined && needed.length > 0 ? [{ reason: `The passwords of the database were changed since then, and ${request.only} alone would have the old ones: go back without --only.` }] : []),
    ...(request.withFlags && flags.then === undefined ? [{ reason: "That release did not record the overrides of its flags: go back without --with-flags." }] : []),
    ...steps.filter(({ risk }) => risk === "blocked").map(({ name, reason }) => ({ reason: `${name}: ${reason}.` })),
  ];
  const notes = [why, backupKeyNote(recorded, today, { target: decrypt, today: decryptToday })].filter((note) => note !== "");
  return { stack, request, from, target, today, wanted, steps, jobs, drift, flags, passwords, schema, notes, obstacles };
}

/** The images that a rollback needs: those of the pods, and the one that undoes migrations. */
export function imagesFor(wanted: Deployment, { undoMigrations }: RollbackRequest, undoImage: string | undefined): string[] {
  return [...imagesOf(wanted), ...(undoMigrations && undoImage !== undefined ? [undoImage] : [])];
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

/** Pulumi's errors hold its whole output; what matters stands in its diagnostics, or else in what the CLI complained of. */
export function firstLines(error: unknown): string {
  const text = apiSentence(error) ?? (error instanceof Error ? error.message : String(error));
  const said = /Diagnostics:([^]*)/.exec(text) ?? / stderr:([^]*?)(?:\n err\?:|$)/.exec(text);
  return (said?.[1] ?? text).trim().split("\n").slice(0, 15).join("\n");
}
