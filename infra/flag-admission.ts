import { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { admissionVariables, type AdmissionRule, notePrefixes, overrideRules, rolloutRules } from "./flag-admission-rules.ts";
import { commonLabels } from "./labels.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * The API server's own check of what people write into the flags' ConfigMaps:
 * it refuses, in one sentence, what every process would ignore. Policies belong
 * to the whole cluster: their names and their scope are those of the stack's
 * namespace.
 */
export function flagAdmission(context: StackContext, parent: pulumi.CustomResourceOptions): void {
  admission(context, "overrides", overrideRules(definitions), parent);
  admission(context, "rollouts", rolloutRules(definitions), parent);
}

function admission(context: StackContext, map: keyof typeof notePrefixes, rules: readonly AdmissionRule[], parent: pulumi.CustomResourceOptions): void {
  const configMap = flagConfigMaps[map];
  const metadata = { name: pulumi.interpolate`${context.namespace}-${configMap}`, labels: commonLabels(context.stack, "flags", context.appVersion) };
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": context.namespace } };
  const policy = new ValidatingAdmissionPolicy(
    configMap,
    {
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: { namespaceSelector, resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["configmaps"], resourceNames: [configMap] }] },
        variables: admissionVariables(notePrefixes[map]),
        validations: rules.map((rule) => ({ ...rule, reason: "Invalid" })),
      },
    },
    parent,
  );
  new ValidatingAdmissionPolicyBinding(configMap, { metadata, spec: { policyName: policy.metadata.name, validationActions: ["Deny"], matchResources: { namespaceSelector } } }, parent);
}
