import { holdsData, kindOf } from "./kinds.ts";
import type { PlannedResource } from "./planned-resource.ts";

/** A rule that a planned resource breaks, in one sentence. */
export interface Violation {
  readonly rule: string;
  readonly resource: string;
  readonly message: string;
}

interface Container {
  readonly name?: string;
  readonly image?: unknown;
  readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> };
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly securityContext?: { readonly runAsNonRoot?: unknown; readonly allowPrivilegeEscalation?: unknown };
  readonly env?: readonly { readonly name: string; readonly value?: unknown }[];
}

interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: { readonly runAsNonRoot?: unknown };
}

type Rule = (resource: PlannedResource, pod: PodSpec | undefined) => readonly string[];

/** Kinds whose pods are meant to run on. */
const lasting: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** What a name looks like whose value must stay secret. */
const secretName = /(PASSWORD|TOKEN|SECRET|PRIVATE_KEY|API_KEY|_KEY)$/i;

const rules: Readonly<Record<string, Rule>> = {
  "fixed-image": (_resource, pod) =>
    containersOf(pod)
      .filter(({ image }) => typeof image === "string" && !isFixed(image))
      .map(({ name, image }) => `the container ${name ?? ""} runs ${String(image)}: name a version or a digest`),
  limits: (_resource, pod) =>
    containersOf(pod)
      .filter(({ resources }) => resources?.limits?.["cpu"] === undefined || resources.limits["memory"] === undefined)
      .map(({ name }) => `the container ${name ?? ""} has no limits of processor and memory`),
  probes: ({ type }, pod) =>
    lasting.has(kindOf(type)) ? (pod?.containers ?? []).filter(({ readinessProbe, livenessProbe }) => readinessProbe === undefined || livenessProbe === undefined).map(({ name }) => `the container ${name ?? ""} is not probed for readiness and life`) : [],
  "non-root": (_resource, pod) =>
    containersOf(pod)
      .filter(({ securityContext }) => (securityContext?.runAsNonRoot ?? pod?.securityContext?.runAsNonRoot) !== true || securityContext?.allowPrivilegeEscalation !== false)
      .map(({ name }) => `the container ${name ?? ""} may run as root or gain privileges`),
  "no-plaintext-secret": ({ type, inputs }, pod) => [
    ...containersOf(pod).flatMap(({ name, env = [] }) => env.filter((variable) => secretName.test(variable.name) && typeof variable.value === "string" && variable.value !== "").map((variable) => `the container ${name ?? ""} has ${variable.name} as plain text: take it from a Secret`)),
    ...(kindOf(type) === "ConfigMap" ? Object.keys(recordOf(inputs["data"])).filter((key) => secretName.test(key)).map((key) => `the ConfigMap holds ${key}: put it into a Secret`) : []),
  ],
  "keep-data": ({ type, operation, retained }) =>
    holdsData(type) && (operation === "replace" || (operation === "delete" && !retained)) ? [`the ${kindOf(type)} holds data and would be ${operation === "replace" ? "replaced" : "deleted"}: name it with --allow if that is meant`] : [],
};

/**
 * Checks what an update would leave behind, before anything is changed.
 *
 * @param allowed names of resources that may be deleted or replaced although they hold data
 */
export function violations(resources: readonly PlannedResource[], allowed: readonly string[] = []): Violation[] {
  return resources.flatMap((resource) => {
    const pod = resource.operation === "delete" ? undefined : podOf(resource);
    return Object.entries(rules).flatMap(([rule, check]) => (rule === "keep-data" && allowed.includes(resource.name) ? [] : check(resource, pod).map((message) => ({ rule, resource: resource.name, message }))));
  });
}

function podOf({ type, inputs }: PlannedResource): PodSpec | undefined {
  const spec = recordOf(inputs["spec"]);
  const owner = kindOf(type) === "CronJob" ? recordOf(recordOf(spec["jobTemplate"])["spec"]) : spec;
  if (![...lasting, "Job", "CronJob"].includes(kindOf(type))) return undefined;
  return recordOf(recordOf(owner["template"])["spec"]);
}

function containersOf(pod: PodSpec | undefined): readonly Container[] {
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

function isFixed(image: string): boolean {
  const [, tag] = /:([^:/@]+)(?:@|$)/.exec(image) ?? [];
  return image.includes("@sha256:") || (tag !== undefined && tag !== "latest");
}

/** What a preview does not know yet stands there as a text. */
function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

