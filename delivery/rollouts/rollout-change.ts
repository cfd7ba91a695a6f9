import { randomUUID } from "node:crypto";
import type { FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { statusSuffix } from "@forecast-stack/flags/exposures.ts";
import { readRequest, requestAnnotation, type RolloutRequest } from "@forecast-stack/rollouts/request.ts";
import { hasEnded, readStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { isMap, parseDocument } from "yaml";
import { FlagError } from "../flags/flag-error.ts";
import type { RolloutFile } from "./rollout-file.ts";
import { specOf } from "./rollout-file.ts";

/** A merge patch of the rollouts map. */
export interface RolloutPatch {
  readonly metadata: { readonly annotations: Readonly<Record<string, string | null>> };
  readonly data: Readonly<Record<string, string | null>>;
}

/** Who asks for a change, why and when. */
export interface Asking {
  readonly by: string;
  readonly reason: string;
  readonly now: Date;
}

/** The names of the rollouts in a map. */
export function rolloutNames({ data }: FlagMapContent): string[] {
  return Object.keys(data).filter((key) => !key.endsWith(statusSuffix)).sort();
}

/** @throws FlagError naming the rollouts that there are */
export function knownRollout(map: FlagMapContent, name: string): string {
  const text = Object.hasOwn(map.data, name) && !name.endsWith(statusSuffix) ? map.data[name] : undefined;
  if (text !== undefined) return text;
  const names = rolloutNames(map);
  throw new FlagError(`There is no rollout ${name}${names.length === 0 ? ", and no other one" : `; there is ${names.join(", ")}`}.`);
}

/**
 * What starts a rollout. One of the same flag that has ended makes room in the
 * same write, so that nobody's exposure flickers, and with it what was asked of it.
 *
 * @throws FlagError when one of its name or its flag is under way
 */
export function startPatch(map: FlagMapContent, { name, text, spec }: RolloutFile, asking: Asking): RolloutPatch {
  const rivals = rolloutNames(map).filter((other) => other === name || flagOf(map.data[other] ?? "") === spec.flag);
  for (const rival of rivals) {
    const status = readStatus(map.data[`${rival}${statusSuffix}`]);
    if (status === undefined || !hasEnded(status)) throw new FlagError(`The rollout ${rival} stages ${spec.flag} already (${status === undefined ? "waiting" : `${status.phase} at ${status.weight} %`}). Abort it first: forecastctl rollout abort ${rival} --reason 'why'.`);
  }
  const removed = Object.fromEntries(rivals.flatMap((rival) => [[rival, null], [`${rival}${statusSuffix}`, null]]));
  const forgotten = Object.fromEntries(rivals.map((rival) => [requestAnnotation(rival), null]));
  return { metadata: { annotations: { ...forgotten, ...annotation(name, "start", asking) } }, data: { ...removed, [`${name}${statusSuffix}`]: null, [name]: text } };
}

/**
 * What pauses or resumes a rollout: `paused` in its YAML, comments kept, and who did it and why beside it.
 *
 * @throws FlagError when it would change nothing, or an earlier request waits
 */
export function pausePatch(map: FlagMapContent, name: string, paused: boolean, asking: Asking): RolloutPatch {
  const text = knownRollout(map, name);
  specOf(name, text);
  refuseWhileOneWaits(map, name);
  const document = parseDocument(text);
  const was = document.get("paused") === true;
  const held = readStatus(map.data[`${name}${statusSuffix}`])?.phase === "held";
  if (paused && was) throw new FlagError(`The rollout ${name} is paused already.`);
  if (!paused && !was && !held) throw new FlagError(`The rollout ${name} is neither paused nor held.`);
  if (paused) document.set("paused", true);
  else if (isMap(document.contents)) document.delete("paused");
  return { metadata: { annotations: annotation(name, paused ? "pause" : "resume", asking) }, data: { [name]: String(document) } };
}

/**
 * What asks the controller to enter the next step of a rollout now.
 *
 * @throws FlagError when there is nothing that could be promoted, or an earlier request waits
 */
export function promotePatch(map: FlagMapContent, name: string, asking: Asking): RolloutPatch {
  const spec = specOf(name, knownRollout(map, name));
  const status = readStatus(map.data[`${name}${statusSuffix}`]);
  if (spec.paused) throw new FlagError(`The rollout ${name} is paused: resume it first.`);
  if (status === undefined || hasEnded(status) || status.phase === "waiting" || status.phase === "returning") throw new FlagError(`The rollout ${name} is ${status?.phase ?? "waiting"}: there is no step to promote.`);
  refuseWhileOneWaits(map, name);
  return { metadata: { annotations: annotation(name, "promote", asking, status.step) }, data: {} };
}

/**
 * What asks the controller to end a rollout at 0 %, whatever else was asked of it.
 *
 * @throws FlagError when the controller could not: it leads no rollout that it cannot read
 */
export function abortPatch(map: FlagMapContent, name: string, asking: Asking): RolloutPatch {
  const text = knownRollout(map, name);
  try {
    specOf(name, text);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const flag = flagOf(text);
    throw new FlagError(`The controller cannot abort ${name}, because it cannot be read (${error.message.replaceAll("\n", "; ")}). Set an override: forecastctl flags set ${typeof flag === "string" ? flag : "FLAG"} VALUE --reason 'why'. Or take it away: kubectl -n NAMESPACE patch configmap feature-flag-rollouts -p '{"data":{"${name}":null}}'.`, { cause: error });
  }
  return { metadata: { annotations: annotation(name, "abort", asking) }, data: {} };
}

/** There is room for one request: a second one would take the place of one that was not carried out. */
function refuseWhileOneWaits(map: FlagMapContent, name: string): void {
  const request = readRequest(map.annotations, name);
  if (request === undefined || request.id === readStatus(map.data[`${name}${statusSuffix}`])?.handledRequest) return;
  throw new FlagError(`The controller has not carried out yet what ${request.by} asked of ${name} at ${request.at} (${request.action}): try again in a moment; only an abort takes its place.`);
}

function annotation(name: string, action: RolloutRequest["action"], { by, reason, now }: Asking, step?: number): Record<string, string> {
  // The name comes first: admission vouches for it there.
  const request: RolloutRequest = { by, id: randomUUID(), action, reason, at: now.toISOString(), ...(step === undefined ? {} : { step }) };
  return { [requestAnnotation(name)]: JSON.stringify(request) };
}

function flagOf(text: string): unknown {
  const document = parseDocument(text);
  return isMap(document.contents) ? document.get("flag") : undefined;
}
