import type { types } from "@pulumi/kubernetes";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/index.js";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { flagConfigMaps } from "@forecast-stack/flags/config-maps.ts";
import { metadataOf, type StackContext } from "../stack-context.ts";

/** What every process that evaluates flags does with them. */
const reading: types.input.rbac.v1.PolicyRule[] = [
  { apiGroups: [""], resources: ["configmaps"], resourceNames: Object.values(flagConfigMaps), verbs: ["get", "list", "watch"] },
  // What of the flags was ignored is told as Events on their ConfigMaps.
  { apiGroups: [""], resources: ["events"], verbs: ["create"] },
];

/** Workers take overrides away whose time is over. The api, which strangers talk to, may not. */
const ending: types.input.rbac.v1.PolicyRule = { apiGroups: [""], resources: ["configmaps"], resourceNames: [flagConfigMaps.overrides], verbs: ["patch"] };

/** The account of a role of the service: it may watch the flags, and the worker's may end overrides; nothing else. */
export function serviceAccount(context: StackContext, component: "api" | "worker", parent: pulumi.CustomResourceOptions): ServiceAccount {
  const name = component === "api" ? "forecast-service" : "forecast-worker";
  const metadata = metadataOf(context, component, context.appVersion, name);
  const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, parent);
  const role = new Role(name, { metadata, rules: component === "api" ? reading : [...reading, ending] }, parent);
  new RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: context.namespace }],
    },
    parent,
  );
  return account;
}
