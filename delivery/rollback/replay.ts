import * as pulumi from "@pulumi/pulumi";
import type { CheckpointResource, Deployment } from "../releases/checkpoint.ts";
import type { Decrypt } from "../releases/passphrase.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { isSecret, plaintextOf } from "../releases/secret-values.ts";
import { isDefaultProvider, isProvider, parseUrn, providerUrn } from "./urn.ts";

const ROOT = "pulumi:pulumi:Stack";

/**
 * A program that registers the recorded resources again, each under its URN
 * with its recorded inputs: Pulumi then does what leads back to them. Secrets
 * stay in this process.
 *
 * @param aliases URN → the URNs that the resource has today
 * @returns the program; its result are the stack's recorded outputs
 */
export function replay(deployment: Deployment, decrypt: Decrypt, aliases: ReadonlyMap<string, readonly string[]>): () => Promise<Record<string, unknown>> {
  return () => {
    const recorded = new Map(deployment.resources.map((resource) => [resource.urn, resource]));
    const registered = new Map<string, pulumi.Resource>();
    let outputs: Record<string, unknown> = {};
    for (const resource of deployment.resources) {
      if (resource.delete || isDefaultProvider(resource.urn)) continue;
      if (resource.type === ROOT) outputs = restore(resource.outputs, decrypt) as Record<string, unknown>;
      else registered.set(resource.urn, register(resource, { recorded, registered, decrypt, aliases: aliases.get(resource.urn) ?? [] }));
    }
    return Promise.resolve(outputs);
  };
}

interface Surroundings {
  readonly recorded: ReadonlyMap<string, CheckpointResource>;
  readonly registered: ReadonlyMap<string, pulumi.Resource>;
  readonly decrypt: Decrypt;
  readonly aliases: readonly string[];
}

function register(resource: CheckpointResource, surroundings: Surroundings): pulumi.Resource {
  const { type, urn } = resource;
  const { name } = parseUrn(urn);
  const options = optionsOf(resource, surroundings);
  if (!resource.custom) return new RecordedComponent(type, name, {}, options);
  const inputs = restore(resource.inputs, surroundings.decrypt) as Record<string, unknown>;
  if (isProvider(type)) return new RecordedProvider(type.slice("pulumi:providers:".length), name, inputs, options);
  // What another stack gave, or the program only read, is read again, not made.
  if (type === "pulumi:pulumi:StackReference") return new pulumi.StackReference(name, { name: String(resource.inputs["name"]) }, options);
  if (resource.external) return new RecordedResource(type, name, {}, { ...options, ...(resource.id === undefined ? {} : { id: resource.id }) });
  return new RecordedResource(type, name, withDependencies(inputs, resource, surroundings), options);
}

/** A component has no inputs of its own that a replay needs. */
class RecordedComponent extends pulumi.ComponentResource {
  constructor(type: string, name: string, inputs: pulumi.Inputs, options: pulumi.ComponentResourceOptions) {
    super(type, name, inputs, options);
    this.registerOutputs({});
  }
}

class RecordedProvider extends pulumi.ProviderResource {}

class RecordedResource extends pulumi.CustomResource {}

function optionsOf(resource: CheckpointResource, { recorded, registered, aliases }: Surroundings): pulumi.CustomResourceOptions {
  const known = (urn: string | undefined) => (urn === undefined ? undefined : registered.get(urn));
  const provider = resource.provider === undefined ? undefined : providerUrn(resource.provider);
  const version = provider === undefined ? undefined : recorded.get(provider)?.inputs["version"];
  const explicit = known(provider);
  const parent = known(resource.parent);
  const timeouts = resource.customTimeouts;
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(explicit instanceof pulumi.ProviderResource ? { provider: explicit } : typeof version === "string" ? { version } : {}),
    dependsOn: resource.dependencies.map(known).filter((dependency) => dependency !== undefined),
    protect: resource.protect,
    retainOnDelete: resource.retainOnDelete,
    ...(timeouts === undefined ? {} : { customTimeouts: Object.fromEntries(Object.entries(timeouts).map(([operation, seconds]) => [operation, `${seconds}s`])) }),
    ...(resource.additionalSecretOutputs === undefined ? {} : { additionalSecretOutputs: resource.additionalSecretOutputs }),
    ...(resource.ignoreChanges === undefined ? {} : { ignoreChanges: resource.ignoreChanges }),
    aliases: [...(resource.aliases ?? []), ...aliases],
  };
}

/** Pulumi orders deletions by which property came from which resource, so that is recorded and given back too. */
function withDependencies(inputs: Record<string, unknown>, { propertyDependencies = {} }: CheckpointResource, { registered }: Surroundings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([property, value]) => {
      const resources = (propertyDependencies[property] ?? []).map((urn) => registered.get(urn)).filter((resource) => resource !== undefined);
      return [property, resources.length === 0 ? value : pulumi.all([pulumi.output(value), ...resources.map(({ urn }) => urn)]).apply(([restored]) => restored)];
    }),
  );
}

/** Recorded values with their secrets decrypted, and still marked as secret. */
function restore(value: unknown, decrypt: Decrypt): unknown {
  if (Array.isArray(value)) return value.map((element) => restore(element, decrypt));
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) {
    const plaintext = JSON.parse(plaintextOf(value, decrypt)) as unknown;
    // The CLI gives nulls for secrets that it cannot open; replayed, they would wipe every password.
    if (plaintext === null) throw new ReleaseError("A secret of this release is null: its checkpoint was written without the passphrase, and cannot be gone back to.");
    return pulumi.secret(plaintext);
  }
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, restore(element, decrypt)]));
}
