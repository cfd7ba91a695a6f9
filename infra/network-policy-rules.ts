import type { types } from "@pulumi/kubernetes";
import type { Component } from "./components.ts";
import { selectorLabels } from "./labels.ts";
import type { Flow, Peer } from "./network-flows.ts";
import type { Settings } from "./settings.ts";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;
type PolicyPeer = types.input.networking.v1.NetworkPolicyPeer;

export interface Places {
  readonly stack: string;
  readonly namespace: string;
  readonly nodeNamespace: string;
  readonly postgresMode: Settings["postgres"]["mode"];
}

export interface PolicyRules {
  readonly name: string;
  readonly namespace: string;
  readonly spec: PolicySpec;
}

const outside = new Set<Peer>(["anywhere", "kubernetes", "operator-prometheus", "cloudnativepg-operator"]);
const isComponent = (peer: Peer): peer is Component => !outside.has(peer);
const namespaceName = "kubernetes.io/metadata.name";

/** The policies that let the flows through and nothing else: one per component, names always resolved, the rest refused. */
export function networkPolicyRules(flows: readonly Flow[], places: Places): PolicyRules[] {
  const named = [...new Set(flows.flatMap(({ from, to }) => [from, to]))].filter(isComponent).sort();
  const namespaces = [...new Set(named.map((component) => home(component, places)))];
  return [...namespaces.flatMap(forAllPods), ...named.map((component) => forComponent(component, flows, places))];
}

function forAllPods(namespace: string): PolicyRules[] {
  return [
    { name: "default-deny", namespace, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    {
      name: "names",
      namespace,
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{ ports: [{ port: 53, protocol: "UDP" }, { port: 53, protocol: "TCP" }] }],
      },
    },
  ];
}

function forComponent(component: Component, flows: readonly Flow[], places: Places): PolicyRules {
  const rule = (peer: Peer, ports: Flow["ports"]) => ({ peers: peersOf(peer, component, places), ...(ports === undefined ? {} : { ports: ports.map((port) => ({ port, protocol: "TCP" })) }) });
  const incoming = flows.filter(({ to }) => to === component).map(({ from, ports }) => rule(from, ports));
  const outgoing = flows.filter(({ from }) => from === component).map(({ to, ports }) => rule(to, ports));
  return {
    name: component,
    namespace: home(component, places),
    spec: {
      podSelector: { matchLabels: podLabels(component, places) },
      policyTypes: ["Ingress", "Egress"],
      ingress: incoming.map(({ peers, ...ports }) => ({ ...(peers === undefined ? {} : { from: peers }), ...ports })),
      egress: outgoing.map(({ peers, ...ports }) => ({ ...(peers === undefined ? {} : { to: peers }), ...ports })),
    },
  };
}

/** Absent: no restriction by address. */
function peersOf(peer: Peer, of: Component, places: Places): PolicyPeer[] | undefined {
  switch (peer) {
    // API servers and nodes have no labels to select, and network plug-ins disagree on whether an address block covers them; the ports are the restriction.
    case "kubernetes":
    case "anywhere":
      return undefined;
    case "operator-prometheus":
      return [{ namespaceSelector: {}, podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } } }];
    case "cloudnativepg-operator":
      return [{ namespaceSelector: {}, podSelector: { matchLabels: { "app.kubernetes.io/name": "cloudnative-pg" } } }];
    default: {
      const podSelector = { matchLabels: podLabels(peer, places) };
      const same = home(peer, places) === home(of, places);
      return [same ? { podSelector } : { namespaceSelector: { matchLabels: { [namespaceName]: home(peer, places) } }, podSelector }];
    }
  }
}

function home(component: Component, { namespace, nodeNamespace }: Places): string {
  return component === "node-exporter" ? nodeNamespace : namespace;
}

function podLabels(component: Component, { stack, postgresMode }: Places): Record<string, string> {
  // CloudNativePG labels its pods itself.
  if (component === "postgres" && postgresMode === "cloudnativepg") return { "cnpg.io/cluster": "postgres" };
  return selectorLabels(stack, component);
}
