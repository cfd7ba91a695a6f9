import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { keepVolumes } from "./volumes.ts";

const set = "kubernetes:apps/v1:StatefulSet";
const claim = "kubernetes:core/v1:PersistentVolumeClaim";
const cluster = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const urn = (type: string) => `urn:pulumi:dev::p::${type}::data`;
const deployment = (...resources: readonly (readonly [type: string, spec: object])[]) => deploymentSchema.parse({ manifest: { time: "now" }, resources: resources.map(([type, spec]) => ({ urn: urn(type), type, custom: true, inputs: { metadata: { name: "data" }, spec } })) });

describe("the volumes of a rollback", () => {
  it.each([
    [set, { replicas: 1, volumeClaimTemplates: ["5Gi"] }, { replicas: 2, volumeClaimTemplates: ["6Gi"] }, { replicas: 1, volumeClaimTemplates: ["6Gi"] }],
    [claim, { accessModes: ["one"], resources: "5Gi" }, { accessModes: ["one"], resources: "6Gi" }, { accessModes: ["one"], resources: "6Gi" }],
    [cluster, { instances: 1, storage: "5Gi", walStorage: "1Gi" }, { instances: 3, storage: "6Gi" }, { instances: 1, storage: "6Gi" }],
  ])("of a %s stay as they are today, and all else is that release's", (type, then, now, wanted) => {
    const { deployment: composed, kept } = keepVolumes(deployment([type, then]), deployment([type, now]));
    expect(composed.resources.map(({ inputs }) => inputs)).toEqual([{ metadata: { name: "data" }, spec: wanted }]);
    expect([...kept]).toEqual([urn(type)]);
  });

  it("are that release's where they are the same, or there are none today", () => {
    const then = deployment([set, { replicas: 1, volumeClaimTemplates: ["5Gi"] }], ["kubernetes:apps/v1:Deployment", { replicas: 1 }]);
    for (const today of [deployment([set, { replicas: 3, volumeClaimTemplates: ["5Gi"] }]), deployment()]) expect(keepVolumes(then, today)).toEqual({ deployment: then, kept: new Set() });
  });
});
