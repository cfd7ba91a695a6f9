import type { types } from "@pulumi/kubernetes";
import type { RenderedResource } from "./rendered-resource.ts";

type PodSpec = types.output.core.v1.PodSpec;
type Container = types.output.core.v1.Container;

/** A rendered resource that makes pods. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  readonly containers: readonly Container[];
  readonly resource: RenderedResource;
}

interface WorkloadInputs {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: { readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec } };
}

/** Every resource of a rendered stack that makes pods. */
export function workloadsOf(resources: readonly RenderedResource[]): Workload[] {
  return resources
    .filter(({ type }) => /:(Deployment|StatefulSet|DaemonSet|Job)$/.test(type))
    .map((resource) => {
      const { metadata, spec } = resource.inputs as unknown as WorkloadInputs;
      return {
        kind: resource.type.split(":").at(-1) ?? "",
        name: resource.name,
        labels: metadata.labels,
        podLabels: spec.template.metadata.labels,
        pod: spec.template.spec,
        containers: spec.template.spec.containers,
        resource,
      };
    });
}
