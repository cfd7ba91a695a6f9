import { KubernetesObjectApi, type KubernetesObject, PatchStrategy } from "@kubernetes/client-node";
import { type CheckpointResource, type Deployment } from "../releases/checkpoint.ts";
import { differences } from "../releases/compare.ts";
import type { Decrypt } from "../releases/passphrase.ts";
import { isSecret, plaintextOf } from "../releases/secret-values.ts";
import { refusalOf } from "./api-error.ts";
import { kubeConfig } from "./cluster.ts";
import { parseUrn } from "./urn.ts";

/** A resource that is not in the cluster as it was recorded. */
export interface Mismatch {
  readonly urn: string;
  readonly name: string;
  /** Where it differs; empty when it is not there. */
  readonly paths: readonly string[];
  /** The object as it is, which may hold secrets; undefined when it is not there. */
  readonly live: object | undefined;
}

/** A mismatch as people and machines are told of it: without any value. */
export function describeMismatch({ name, paths }: Mismatch): { readonly name: string; readonly paths: readonly string[] } {
  return { name, paths };
}

/** What the API server itself changes all the time. */
const volatile = ["resourceVersion", "managedFields", "generation"] as const;
const AT_ONCE = 10;

/**
 * Compares each recorded object with the cluster. The API server itself is
 * asked: if applying the recorded inputs (as a dry run, in the name of who
 * applied them) would change the object, it is not as recorded. That way
 * defaults and spellings of quantities do not matter. Neither is it when the
 * API server would not even let it become that.
 */
export async function compareWithCluster(deployment: Deployment, decrypt: Decrypt, context: string | undefined): Promise<{ compared: number; mismatches: Mismatch[] }> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig(context));
  const owned = deployment.resources.filter(({ custom, external, type, delete: condemned }) => custom && !external && !condemned && type.startsWith("kubernetes:"));
  const mismatches: Mismatch[] = [];
  for (let start = 0; start < owned.length; start += AT_ONCE) {
    const found = await Promise.all(owned.slice(start, start + AT_ONCE).map((resource) => compareOne(api, resource, decrypt)));
    mismatches.push(...found.filter((mismatch) => mismatch !== null));
  }
  return { compared: owned.length, mismatches };
}

async function compareOne(api: KubernetesObjectApi, resource: CheckpointResource, decrypt: Decrypt): Promise<Mismatch | null> {
  const { name } = parseUrn(resource.urn);
  const wanted = asClientSpells(opened(resource.inputs, decrypt)) as KubernetesObject & { metadata: { name: string; namespace?: string } };
  const live = await api.read(wanted).catch((error: unknown) => {
    // An object of a kind that the cluster does not know (any more) is not there either.
    if ((error as { code?: unknown }).code === 404 || (error instanceof Error && error.message.startsWith("Unrecognized API version and kind"))) return undefined;
    throw error;
  });
  if (live === undefined) return { urn: resource.urn, name, paths: [], live };
  const paths = await api.patch(wanted, undefined, "All", fieldManagerOf(resource), true, PatchStrategy.ServerSideApply).then((applied) => differences(settled(live), settled(applied)).map(({ path }) => path), refusedPaths);
  const ignored = resource.ignoreChanges ?? [];
  const found = paths.filter((path) => !ignored.some((property) => path === property || path.startsWith(`${property}.`)));
  return found.length === 0 ? null : { urn: resource.urn, name, paths: found, live };
}

/** Somebody enlarged a claim, or made an immutable object anew: what the API server then says names the fields. Its words may hold values, and are not passed on. */
export function refusedPaths(error: unknown): string[] {
  const refusal = refusalOf(error);
  if (refusal?.code !== 409 && refusal?.code !== 422) throw error;
  const fields = refusal.details.causes.flatMap(({ field }) => (field === undefined || field === "" ? [] : [field]));
  return fields.length > 0 ? [...new Set(fields)] : [`refused: ${refusal.reason || String(refusal.code)}`];
}

/** In whose name the provider applies an object. */
export function fieldManagerOf({ outputs }: CheckpointResource): string {
  const manager = outputs["__fieldManager"];
  return typeof manager === "string" ? manager : "forecastctl";
}

function settled(object: KubernetesObject): object {
  const copy = JSON.parse(JSON.stringify(object)) as { metadata: Record<string, unknown> };
  for (const property of volatile) copy.metadata[property] = undefined;
  return { ...copy, status: undefined };
}

/** The client library calls a network policy's `from` `_from`, and leaves out what it does not know. */
export function asClientSpells(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asClientSpells);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key === "from" && Array.isArray(element) ? "_from" : key, asClientSpells(element)]));
}

/** Recorded values with their secrets decrypted. */
export function opened(value: unknown, decrypt: Decrypt): unknown {
  if (Array.isArray(value)) return value.map((element) => opened(element, decrypt));
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return JSON.parse(plaintextOf(value, decrypt)) as unknown;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, opened(element, decrypt)]));
}
