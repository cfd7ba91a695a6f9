import { describe, expect, it } from "@jest/globals";
import { type Deployment, deploymentSchema } from "../releases/checkpoint.ts";
import { imagesOf, judgeSteps, renamedSince, withDriftReasons } from "./plan.ts";
import type { Step } from "./replay-stack.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::forecast-stack::${type}::${name}`;
const deployment = (resources: object[], outputs: object = {}) =>
  deploymentSchema.parse({ manifest: { time: "now" }, resources: [{ urn: urn("pulumi:pulumi:Stack", "forecast-stack-dev"), type: "pulumi:pulumi:Stack", outputs }, ...resources] });
const resource = (type: string, name: string, more: object = {}) => ({ urn: urn(type, name), type, custom: true, inputs: { metadata: { namespace: "forecast-dev", name } }, ...more });
const step = (operation: Step["operation"], type: string, name: string): Step => ({ urn: urn(type, name), type, operation, properties: [] });

describe("the steps of a rollback", () => {
  it.each([
    ["deleted", "kubernetes:core/v1:PersistentVolumeClaim"],
    ["replaced", "kubernetes:apps/v1:StatefulSet"],
    ["deleted", "kubernetes:core/v1:Namespace"],
    ["replaced", "kubernetes:postgresql.cnpg.io/v1:Cluster"],
  ] as const)("are blocked when data would be %s with a %s", (operation, type) => {
    expect(judgeSteps([step(operation, type, "data")], deployment([resource(type, "data")]), new Map())).toMatchObject([{ risk: "blocked", name: "data" }]);
  });

  it("are not blocked for what is only changed, holds nothing, or stays in the cluster anyway", () => {
    const today = deployment([resource("kubernetes:core/v1:Namespace", "kept", { retainOnDelete: true })]);
    const steps = [step("updated", "kubernetes:apps/v1:StatefulSet", "postgres"), step("deleted", "kubernetes:core/v1:ConfigMap", "old"), step("deleted", "kubernetes:core/v1:Namespace", "kept")];
    expect(judgeSteps(steps, today, new Map()).map(({ risk }) => risk)).toEqual(["reversible", "reversible", "reversible"]);
  });

  it("name what stays although that release did not have it", () => {
    const today = deployment([resource("kubernetes:core/v1:ConfigMap", "precious"), resource("kubernetes:core/v1:Namespace", "kept", { retainOnDelete: true })]);
    const steps = [step("unchanged", "kubernetes:core/v1:ConfigMap", "precious"), step("deleted", "kubernetes:core/v1:Namespace", "kept")];
    expect(judgeSteps(steps, today, new Map([[urn("kubernetes:core/v1:ConfigMap", "precious"), "protected"]])).map(({ reason }) => reason)).toEqual(["protected", "stays in the cluster"]);
  });

  it("tell what was changed by hand, and whether it stays", () => {
    const planned = judgeSteps([step("updated", "kubernetes:core/v1:ConfigMap", "edited"), step("created", "kubernetes:core/v1:ConfigMap", "removed")], deployment([]), new Map());
    const drift = planned.map(({ urn: at, name }) => ({ urn: at, name, paths: name === "edited" ? ["data.key"] : [], live: name === "edited" ? {} : undefined }));
    expect(withDriftReasons(planned, drift, false).map(({ reason }) => reason)).toEqual(["changed by hand (data.key), put back", "was deleted by hand"]);
    expect(withDriftReasons(planned, drift, true)[0]?.reason).toBe("changed by hand (data.key), kept");
  });
});

describe("the release that is gone back to", () => {
  it("finds resources that have another name since", () => {
    const old = urn("kubernetes:core/v1:ConfigMap", "old");
    const renamed = resource("kubernetes:core/v1:ConfigMap", "new", { aliases: [old] });
    expect(renamedSince(deployment([resource("kubernetes:core/v1:ConfigMap", "old")]), deployment([renamed]))).toEqual(new Map([[old, [renamed.urn]]]));
  });

  it("finds them by the object that they are where no checkpoint has their other name, in both directions", () => {
    const [one, other] = ["first", "second"].map((name) => deployment([resource("kubernetes:core/v1:ConfigMap", name, { id: "forecast-dev/notes" }), resource("kubernetes:core/v1:ConfigMap", `${name}-own`, { id: `forecast-dev/${name}` }), resource("kubernetes:core/v1:Secret", `${name}-secret`, { id: `forecast-dev/notes-${name}` })])) as [Deployment, Deployment];
    const [first, second] = ["first", "second"].map((name) => urn("kubernetes:core/v1:ConfigMap", name)) as [string, string];
    expect([renamedSince(one, other), renamedSince(other, one)]).toEqual([new Map([[first, [second]]]), new Map([[second, [first]]])]);
    expect(renamedSince(one, one)).toEqual(new Map());
  });

  it("names the images that its pods need, each once", () => {
    const pods = (image: string) => ({ inputs: { spec: { template: { spec: { containers: [{ image }], initContainers: [{ image: "init" }] } } } } });
    expect(imagesOf(deployment([resource("a", "a", pods("one")), resource("b", "b", pods("one"))]))).toEqual(["init", "one"]);
  });
});
