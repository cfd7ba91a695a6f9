import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "./labels.ts";
import type { PolicyRules } from "./network-policy-rules.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * The stack's firewall: everything is refused but the flows of network-flows.ts.
 * A cluster enforces it only where its network plug-in does (Calico, Cilium;
 * the bridge plug-in of the embedded cluster does not).
 */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(context: StackContext, rules: readonly PolicyRules[], namespaces: readonly pulumi.Resource[], options: pulumi.ComponentResourceOptions) {
    super("forecast-stack:infra:NetworkPolicies", "policies", {}, options);
    for (const { name, namespace, spec } of rules) {
      new NetworkPolicy(`${namespace}/${name}`, { metadata: { name, namespace, labels: commonLabels(context.stack, "stack", context.appVersion) }, spec }, { parent: this, dependsOn: [...namespaces] });
    }
    this.registerOutputs({});
  }
}
