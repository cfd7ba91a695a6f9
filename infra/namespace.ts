import { Namespace } from "@pulumi/kubernetes/core/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "./labels.ts";

export type PodSecurityLevel = "restricted" | "privileged";

export interface StackNamespaceArguments {
  readonly stack: string;
  readonly name: string;
  readonly version: string;
  readonly level: PodSecurityLevel;
  /** Namespaces that hold volumes outlive the stack. */
  readonly keep: boolean;
  readonly protect: boolean;
}

/** A namespace whose pods must meet a Pod Security level. */
export class StackNamespace extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(resource: string, { stack, name, version, level, keep, protect }: StackNamespaceArguments, options?: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:Namespace", resource, {}, options);
    const namespace = new Namespace(
      resource,
      {
        metadata: {
          name,
          labels: {
            ...commonLabels(stack, "stack", version),
            "pod-security.kubernetes.io/enforce": level,
            "pod-security.kubernetes.io/enforce-version": "latest",
            "pod-security.kubernetes.io/audit": level,
            "pod-security.kubernetes.io/warn": level,
          },
        },
      },
      // Deleting a namespace deletes its claims, and with them data that nobody said to delete.
      { parent: this, protect, retainOnDelete: keep },
    );
    this.name = namespace.metadata.name;
    this.registerOutputs({ name: this.name });
  }
}
