import type { types } from "@pulumi/kubernetes";
import { describe, expect, it } from "@jest/globals";
import { scrapeJobs } from "@forecast-stack/monitoring/scrape-jobs.ts";
import type { Component } from "./components.ts";
import { selectorLabels } from "./labels.ts";
import { monitoredParts } from "./monitored-parts.ts";
import { type Flow, networkFlows } from "./network-flows.ts";
import { networkPolicyRules, type PolicyRules } from "./network-policy-rules.ts";
import { readSettings } from "./read-settings.ts";
import { stackConfiguration } from "./rendering/render-stack.ts";

type PolicyPeer = types.input.networking.v1.NetworkPolicyPeer;
type Selector = { readonly matchLabels?: Readonly<Record<string, string>> };
interface Rule {
  readonly from?: PolicyPeer[];
  readonly to?: PolicyPeer[];
  readonly ports?: { readonly port: number; readonly protocol: string }[];
}
interface Spec {
  readonly podSelector: Selector;
  readonly policyTypes: string[];
  readonly ingress?: Rule[];
  readonly egress?: Rule[];
}
/** A pod as policies see it; `outside` is an address that is no pod. */
type Pod = { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } | "outside";

const dev = readSettings("forecast-stack", stackConfiguration("dev"));
const production = readSettings("forecast-stack", stackConfiguration("production"));
const places = { stack: "dev", namespace: "forecast-dev", nodeNamespace: "forecast-dev-node", postgresMode: "statefulset" } as const;
const flowsOf = (settings: typeof dev): Flow[] => networkFlows(settings, scrapeJobs(monitoredParts(settings)), { alerts: false, notifications: false, mail: false });
const devRules = networkPolicyRules(flowsOf(dev), places);

const pod = (component: Component, namespace: string = component === "node-exporter" ? places.nodeNamespace : places.namespace): Pod => ({ namespace, labels: selectorLabels("dev", component) });

describe("the network policies of dev", () => {
  const components: Component[] = ["api", "worker", "rollout-controller", "migrations", "validation", "postgres", "postgres-exporter", "redis", "redis-exporter", "prometheus", "alertmanager", "alert-inbox", "kube-state-metrics", "node-exporter"];
  const ports = [4000, 5432, 6379, 8080, 9090, 9093, 9100, 9121, 9187];

  it("let through exactly what the table names, tried for every pair of components and every port", () => {
    const flows = flowsOf(dev);
    for (const from of components) {
      for (const to of components) {
        for (const port of ports) {
          const named = flows.some((flow) => (flow.from === from || flow.from === "anywhere") && flow.to === to && flow.ports?.includes(port) === true) && flows.some((flow) => flow.from === from && (flow.to === to || flow.to === "anywhere") && flow.ports?.includes(port) === true);
          expect({ from, to, port, allowed: isAllowed(devRules, pod(from), pod(to), port) }).toEqual({ from, to, port, allowed: named });
        }
      }
    }
  });

  it.each([
    ["clients", "outside", "api", 4000],
    ["people, through the node ports", "outside", "prometheus", 9090],
    ["people, through the node ports", "outside", "alertmanager", 9093],
  ] as const)("let %s in from outside", (_who, _from, to, port) => {
    expect(isAllowed(devRules, "outside", pod(to), port)).toBe(true);
  });

  it.each([
    ["postgres", 5432],
    ["redis", 6379],
    ["worker", 4000],
    ["postgres-exporter", 9187],
    ["node-exporter", 9100],
  ] as const)("let nobody reach %s from outside", (to, port) => {
    expect(isAllowed(devRules, "outside", pod(to), port)).toBe(false);
  });

  it.each(["postgres", "redis", "migrations", "alertmanager", "node-exporter"] as const)("let nothing of %s out to the world", (from) => {
    for (const port of [80, 443, 6443]) expect(isAllowed(devRules, pod(from), "outside", port)).toBe(false);
  });

  it("let a pod of another namespace with the same labels reach no database", () => {
    expect(isAllowed(devRules, pod("api", "elsewhere"), pod("postgres"), 5432)).toBe(false);
    expect(isAllowed(devRules, pod("api"), pod("postgres"), 5432)).toBe(true);
  });

  it("refuse everything to a pod that no flow names, but names can be resolved", () => {
    const stranger: Pod = { namespace: places.namespace, labels: { app: "stranger" } };
    for (const port of ports) {
      expect(isAllowed(devRules, stranger, pod("postgres"), port)).toBe(false);
      expect(isAllowed(devRules, pod("api"), stranger, port)).toBe(false);
    }
    expect(isAllowed(devRules, stranger, "outside", 443)).toBe(false);
    expect(isAllowed(devRules, stranger, "outside", 53)).toBe(true);
  });
});

describe("the network policies of production", () => {
  const rules = networkPolicyRules(flowsOf(production), { ...places, postgresMode: "cloudnativepg" });
  const instance: Pod = { namespace: places.namespace, labels: { "cnpg.io/cluster": "postgres" } };
  const operator: Pod = { namespace: "cnpg-system", labels: { "app.kubernetes.io/name": "cloudnative-pg" } };
  const prometheus: Pod = { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } };

  it("let the instances of the database replicate and the operator look after them", () => {
    expect(isAllowed(rules, instance, instance, 5432)).toBe(true);
    expect(isAllowed(rules, operator, instance, 8000)).toBe(true);
    expect(isAllowed(rules, instance, "outside", 6443)).toBe(true);
    expect(isAllowed(rules, pod("api"), instance, 5432)).toBe(true);
    expect(isAllowed(rules, pod("grafana"), instance, 5432)).toBe(false);
  });

  it("let the operator's Prometheus read metrics and nothing else", () => {
    expect(isAllowed(rules, prometheus, pod("worker"), 4000)).toBe(true);
    expect(isAllowed(rules, prometheus, pod("postgres-exporter"), 9187)).toBe(true);
    expect(isAllowed(rules, prometheus, instance, 5432)).toBe(false);
  });
});

describe("the table of flows", () => {
  it("leads to the external database where there is one", () => {
    const external = { ...dev, postgres: { ...dev.postgres, mode: "external" as const, host: "db.example", port: 6432 } };
    const rules = networkPolicyRules(flowsOf(external), { ...places, postgresMode: "external" });
    expect(isAllowed(rules, pod("api"), "outside", 6432)).toBe(true);
    expect(isAllowed(rules, pod("api"), "outside", 5432)).toBe(false);
  });

  it("lets Alertmanager out only where it has somebody to tell", () => {
    const rules = networkPolicyRules(networkFlows(dev, scrapeJobs(monitoredParts(dev)), { alerts: true, notifications: true, mail: true }), places);
    expect(isAllowed(rules, pod("alertmanager"), "outside", 443)).toBe(true);
  });

  it("keeps the pages of Prometheus and Alertmanager inside where no node port leads to them", () => {
    const rules = networkPolicyRules(flowsOf({ ...dev, serviceType: "ClusterIP" }), places);
    expect(isAllowed(rules, "outside", pod("prometheus"), 9090)).toBe(false);
    expect(isAllowed(rules, "outside", pod("api"), 4000)).toBe(true);
  });

  it("says of every flow what it is for", () => {
    for (const { why } of [...flowsOf(dev), ...flowsOf(production)]) expect(why.length).toBeGreaterThan(5);
  });
});

/** Kubernetes' own rule: a side that no policy selects is open; a selected one needs a policy that allows. Both sides must agree. */
function isAllowed(rules: readonly PolicyRules[], from: Pod, to: Pod, port: number): boolean {
  return sideAllows(rules, from, to, port, "Egress") && sideAllows(rules, to, from, port, "Ingress");
}

function sideAllows(rules: readonly PolicyRules[], self: Pod, other: Pod, port: number, side: "Ingress" | "Egress"): boolean {
  if (self === "outside") return true;
  const selecting = rules
    .filter(({ namespace, spec }) => namespace === self.namespace && selects((spec as unknown as Spec).podSelector, self.labels) && (spec as unknown as Spec).policyTypes.includes(side))
    .map(({ spec }) => spec as unknown as Spec);
  if (selecting.length === 0) return true;
  const allowing = selecting.flatMap((spec) => (side === "Ingress" ? spec.ingress : spec.egress) ?? []);
  return allowing.some((rule) => (rule.ports === undefined || rule.ports.some((allowed) => allowed.port === port)) && peersMatch(side === "Ingress" ? rule.from : rule.to, other, self));
}

function peersMatch(peers: PolicyPeer[] | undefined, other: Pod, self: Exclude<Pod, "outside">): boolean {
  if (peers === undefined) return true;
  if (other === "outside") return false;
  return peers.some((peer) => {
    const { namespaceSelector, podSelector } = peer as { namespaceSelector?: Selector; podSelector?: Selector };
    const sameNamespace = namespaceSelector === undefined ? other.namespace === self.namespace : selects(namespaceSelector, { "kubernetes.io/metadata.name": other.namespace });
    return sameNamespace && selects(podSelector ?? {}, other.labels);
  });
}

function selects({ matchLabels = {} }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
