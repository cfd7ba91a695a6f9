import { parse } from "yaml";
import { z } from "zod";
import { type CheckpointResource, type Deployment, outputsOf } from "./checkpoint.ts";
import type { Decrypt } from "./passphrase.ts";
import { maskSecrets } from "./secret-values.ts";

/** What a release consists of, as people think of it. Every map is from a name to its content. */
export interface ReleaseContents {
  /** Role → image. */
  readonly images: ReadonlyMap<string, unknown>;
  /** The version of the newest migration, or null. */
  readonly schemaVersion: string | null;
  /** URN → inputs of each resource of Kubernetes, secrets masked. */
  readonly resources: ReadonlyMap<string, unknown>;
  /** Alerting and recording rules by name. */
  readonly rules: ReadonlyMap<string, unknown>;
  /** Dashboards by file name. */
  readonly dashboards: ReadonlyMap<string, unknown>;
  /** Feature flags with their definition. */
  readonly flags: ReadonlyMap<string, unknown>;
}

const ruleGroups = z.object({ groups: z.array(z.looseObject({ name: z.string(), rules: z.array(z.looseObject({ alert: z.string().optional(), record: z.string().optional() })) })) });
const flagDocument = z.object({ flags: z.record(z.string(), z.unknown()) });

/** Reads what people want to know of a release from its deployment. */
export function contentsOf(deployment: Deployment, decrypt: Decrypt): ReleaseContents {
  const outputs = outputsOf(deployment);
  const owned = deployment.resources.filter(({ custom, external, type, delete: condemned }) => custom && !external && !condemned && !type.startsWith("pulumi:"));
  const schemaVersion = outputs["schemaVersion"];
  return {
    images: new Map(Object.entries((outputs["images"] ?? {}) as Readonly<Record<string, unknown>>)),
    schemaVersion: typeof schemaVersion === "string" ? schemaVersion : null,
    resources: new Map(owned.map(({ urn, inputs }) => [urn, maskSecrets(inputs, decrypt)])),
    rules: rulesOf(owned),
    dashboards: new Map(Object.entries(dataOf(owned, "dashboards"))),
    flags: new Map(Object.entries(flagsOf(owned))),
  };
}

/** The last part of a URN: the name that the program gave. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function rulesOf(resources: readonly CheckpointResource[]): Map<string, unknown> {
  const bundled = dataOf(resources, "prometheus-config")["rules.yaml"];
  const documents = [
    ...(bundled === undefined ? [] : [parse(bundled) as unknown]),
    ...resources.filter(({ type }) => type.endsWith(":PrometheusRule")).map(({ inputs }) => inputs["spec"]),
  ];
  const groups = documents.flatMap((document) => ruleGroups.safeParse(document).data?.groups ?? []);
  return new Map(groups.flatMap(({ rules }) => rules.map((rule) => [rule.alert ?? rule.record ?? "", rule] as const)));
}

function flagsOf(resources: readonly CheckpointResource[]): Readonly<Record<string, unknown>> {
  const document = dataOf(resources, "feature-flags")["flags.json"];
  return document === undefined ? {} : (flagDocument.safeParse(JSON.parse(document)).data?.flags ?? {});
}

/** The data of the ConfigMap with this name. */
function dataOf(resources: readonly CheckpointResource[], name: string): Readonly<Record<string, string>> {
  const map = resources.find(({ type, urn }) => type === "kubernetes:core/v1:ConfigMap" && nameOf(urn) === name);
  return (map?.inputs["data"] ?? {}) as Readonly<Record<string, string>>;
}
