import { describe, expect, it } from "@jest/globals";
import { type Deployment, deploymentSchema } from "../releases/checkpoint.ts";
import { keepOfToday, withLiveVolumes } from "./kept.ts";

const types = { set: "kubernetes:apps/v1:StatefulSet", claim: "kubernetes:core/v1:PersistentVolumeClaim", cluster: "kubernetes:postgresql.cnpg.io/v1:Cluster", map: "kubernetes:core/v1:ConfigMap", namespace: "kubernetes:core/v1:Namespace" } as const;
const urn = (type: string, name: string) => `urn:pulumi:dev::p::${type}::${name}`;
const resource = (type: string, name: string, more: object = {}) => ({ urn: urn(type, name), type, custom: true, id: `forecast/${type}/${name}`, inputs: { metadata: { name } }, ...more });
const component = (name: string) => ({ urn: urn("forecast-stack:infra:Part", name), type: "forecast-stack:infra:Part" });
const deployment = (...resources: readonly object[]) => deploymentSchema.parse({ manifest: { time: "now" }, resources });
const namesOf = ({ resources }: Deployment) => resources.map(({ urn: of }) => of.slice(of.lastIndexOf("::") + 2));

describe("the volumes of a rollback", () => {
  it.each([
    [types.set, { replicas: 1, volumeClaimTemplates: ["5Gi"] }, { replicas: 2, volumeClaimTemplates: ["6Gi"] }, { replicas: 1, volumeClaimTemplates: ["6Gi"] }],
    [types.claim, { accessModes: ["one"], resources: "5Gi" }, { accessModes: ["one"], resources: "6Gi" }, { accessModes: ["one"], resources: "6Gi" }],
    [types.cluster, { instances: 1, storage: "5Gi", walStorage: "1Gi" }, { instances: 3, storage: "6Gi" }, { instances: 1, storage: "6Gi" }],
  ])("of a %s stay as they are today, and all else is that release's", (type, then, now, wanted) => {
    const { deployment: composed, reasons } = keepOfToday(deployment(resource(type, "data", { inputs: { spec: then } })), deployment(resource(type, "data", { inputs: { spec: now } })));
    expect(composed.resources.map(({ inputs }) => inputs)).toEqual([{ spec: wanted }]);
    expect([...reasons]).toEqual([[urn(type, "data"), "its volumes stay as they are today"]]);
  });

  it("stay as they are in the cluster where somebody enlarged them by hand, and nothing else does", () => {
    const recorded = { accessModes: ["one"], resources: { requests: { storage: "5Gi" } } };
    const claim = resource(types.claim, "data", { inputs: { spec: recorded } });
    const live = { spec: { accessModes: ["two"], resources: { requests: { storage: "6Gi" } } } };
    const mismatch = (...paths: string[]) => [{ urn: urn(types.claim, "data"), name: "data", paths, live }];
    const specOf = (...paths: string[]) => withLiveVolumes(deployment(claim), mismatch(...paths)).resources[0]?.inputs["spec"];
    expect(specOf("spec.resources.requests.storage", "spec.accessModes[0]")).toEqual({ accessModes: ["one"], resources: { requests: { storage: "6Gi" } } });
    expect([specOf("spec.accessModes[0]"), specOf("spec.resourcesOfAnother")]).toEqual([recorded, recorded]);
  });

  it("are that release's where they are the same, or there are none today", () => {
    const spec = { replicas: 1, volumeClaimTemplates: ["5Gi"] };
    const then = deployment(resource(types.set, "data", { inputs: { spec } }), resource("kubernetes:apps/v1:Deployment", "api", { inputs: { spec: { replicas: 1 } } }));
    for (const today of [deployment(resource(types.set, "data", { inputs: { spec: { ...spec, replicas: 3 } } })), deployment()]) expect(keepOfToday(then, today)).toEqual({ deployment: then, reasons: new Map() });
  });
});

describe("what a release did not have", () => {
  it("stays where it is protected, with the components that it belongs to", () => {
    const { deployment: composed, reasons } = keepOfToday(deployment(), deployment(component("part"), resource(types.map, "precious", { protect: true, parent: component("part").urn }), resource(types.map, "other", { parent: component("part").urn })));
    expect(namesOf(composed)).toEqual(["part", "precious"]);
    expect(reasons.get(urn(types.map, "precious"))).toBe("protected, stays though that release did not have it");
  });

  it("stays where it holds data, with all that its component has", () => {
    const parent = component("part").urn;
    const { deployment: composed, reasons } = keepOfToday(deployment(component("service")), deployment(component("service"), component("part"), resource(types.map, "settings", { parent }), resource(types.set, "data", { parent }), resource(types.map, "other", { parent: component("service").urn })));
    expect(namesOf(composed)).toEqual(["service", "part", "settings", "data"]);
    expect([urn(types.set, "data"), urn(types.map, "settings")].map((of) => reasons.get(of))).toEqual(["holds data, stays though that release did not have it", "belongs to what holds data, stays though that release did not have it"]);
  });

  it("goes where it holds nothing, stays in the cluster anyway, or is something of that release under another name", () => {
    const then = deployment(resource(types.claim, "old", { id: "forecast/volume" }));
    const today = deployment(resource(types.claim, "new", { id: "forecast/volume", protect: true }), resource(types.map, "map"), resource(types.namespace, "retained", { retainOnDelete: true }), resource(types.set, "condemned", { delete: true }));
    expect(keepOfToday(then, today)).toEqual({ deployment: then, reasons: new Map() });
  });
});
