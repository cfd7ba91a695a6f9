import type { types } from "@pulumi/kubernetes";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/index.js";
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Component } from "../components.ts";
import { metadataOf, type StackContext } from "../stack-context.ts";

type Rule = types.input.rbac.v1.PolicyRule;

/** Rights to find the pods behind services in one namespace. */
const discovery: Rule[] = [
  { apiGroups: [""], resources: ["services", "pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
];

/** Rights over the cluster: which nodes there are, and the metrics of kubelets and API server. No proxy right, which would reach every pod. */
const clusterMetrics: Rule[] = [
  { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
  { nonResourceURLs: ["/metrics"], verbs: ["get"] },
];

/** Prometheus's account: discovery in the namespaces named, metrics of the cluster. */
export function prometheusAccount(context: StackContext, version: string, discoverIn: Readonly<Record<string, pulumi.Input<string>>>, options: pulumi.CustomResourceOptions): ServiceAccount {
  const account = serviceAccount(context, "prometheus", version, options);
  clusterRights(context, "prometheus", version, account, clusterMetrics, options);
  for (const [name, namespace] of Object.entries(discoverIn)) {
    // In other namespaces than its own the name must tell stacks apart.
    const metadata = { ...metadataOf(context, "prometheus", version), namespace, name: pulumi.interpolate`${context.namespace}-prometheus` };
    const role = new Role(`prometheus-${name}`, { metadata, rules: discovery }, options);
    new RoleBinding(`prometheus-${name}`, { metadata, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name }, subjects: [subject(context, account)] }, options);
  }
  return account;
}

/** The account of one component; pods name it to get a token, nothing else does. */
export function serviceAccount(context: StackContext, component: Component, version: string, options: pulumi.CustomResourceOptions): ServiceAccount {
  return new ServiceAccount(component, { metadata: metadataOf(context, component, version, component), automountServiceAccountToken: false }, options);
}

/** Rights over the whole cluster, under a name that two stacks do not share. */
export function clusterRights(context: StackContext, component: Component, version: string, account: ServiceAccount, rules: Rule[], options: pulumi.CustomResourceOptions): void {
  const metadata = { labels: metadataOf(context, component, version).labels, name: pulumi.interpolate`${context.namespace}-${component}` };
  const role = new ClusterRole(component, { metadata, rules }, options);
  new ClusterRoleBinding(component, { metadata, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name }, subjects: [subject(context, account)] }, options);
}

function subject(context: StackContext, account: ServiceAccount): types.input.rbac.v1.Subject {
  return { kind: "ServiceAccount", name: account.metadata.name, namespace: context.namespace };
}
