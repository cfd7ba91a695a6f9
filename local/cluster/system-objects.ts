import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cluster, ports } from "./layout.ts";

type KubernetesObject = Readonly<Record<string, unknown>>;

const rbac = "rbac.authorization.k8s.io";

function role(name: string, rules: readonly object[]): KubernetesObject {
  return { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: `forecast-stack:${name}` }, rules };
}

function bind(name: string, clusterRole: string, subject: object): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `forecast-stack:${name}` },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: clusterRole },
    subjects: [{ apiGroup: rbac, ...subject }],
  };
}

const user = (name: string): object => ({ kind: "User", name: `forecast-stack:${name}` });
const read = ["get", "list", "watch"];

/** A service of kube-system whose one endpoint is a process of the node itself. */
function hostService(name: string, spec: object, port: object, target: readonly object[]): KubernetesObject[] {
  return [
    { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "kube-system", labels: { "k8s-app": name } }, spec: { ...spec, ports: port } },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name, namespace: "kube-system", labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      endpoints: [{ addresses: [cluster.nodeAddress], conditions: { ready: true } }],
      ports: target,
    },
  ];
}

/**
 * What a cluster has before anything is deployed on it: rights of its own
 * processes, DNS, the metrics API, the storage class.
 *
 * @param pki folder with the cluster's authority
 */
export async function systemObjects(pki: string): Promise<KubernetesObject[]> {
  const authority = (await readFile(join(pki, "ca.crt"))).toString("base64");
  return [
    bind("kubelet-clients", "system:kubelet-api-admin", { kind: "Group", name: "forecast-stack:kubelet-clients" }),
    role("coredns", [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ]),
    bind("coredns", "forecast-stack:coredns", user("coredns")),
    role("metrics-server", [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes", "namespaces", "configmaps"], verbs: read },
    ]),
    bind("metrics-server", "forecast-stack:metrics-server", user("metrics-server")),
    bind("metrics-server-delegation", "system:auth-delegator", user("metrics-server")),
    role("metrics-reader", [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: read }]),
    role("volumes", [{ apiGroups: [""], resources: ["persistentvolumes"], verbs: ["list", "create"] }]),
    bind("volumes", "forecast-stack:volumes", user("volumes")),
    ...hostService(
      "kube-dns",
      { clusterIP: cluster.dnsServiceAddress },
      [
        { name: "dns", port: 53, protocol: "UDP", targetPort: ports.dns },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: ports.dns },
      ],
      [
        { name: "dns", port: ports.dns, protocol: "UDP" },
        { name: "dns-tcp", port: ports.dns, protocol: "TCP" },
      ],
    ),
    ...hostService(
      "metrics-server",
      {},
      [{ name: "https", port: 443, protocol: "TCP", targetPort: ports.metricsServer }],
      [{ name: "https", port: ports.metricsServer, protocol: "TCP" }],
    ),
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        caBundle: authority,
        service: { name: "metrics-server", namespace: "kube-system", port: 443 },
      },
    },
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: cluster.storageClass, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Retain",
    },
  ];
}
