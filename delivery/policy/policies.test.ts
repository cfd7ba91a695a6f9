import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { type PlannedResource, plannedResources } from "./planned-resource.ts";
import { violations } from "./policies.ts";

const container = {
  name: "api",
  image: "forecast-service:1.2.3",
  resources: { limits: { cpu: "1", memory: "1Gi" } },
  readinessProbe: {},
  livenessProbe: {},
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false },
  env: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
};
const workload = (changes: object, kind = "Deployment"): PlannedResource => ({ name: "api", type: `kubernetes:apps/v1:${kind}`, operation: "create", retained: false, inputs: { spec: { template: { spec: { containers: [{ ...container, ...changes }] } } } } });
const broken = (resource: PlannedResource, allowed: string[] = []) => violations([resource], allowed).map(({ rule }) => rule);

describe("policies", () => {
  it("have nothing to say about a workload that keeps them", () => {
    expect(violations([workload({})])).toEqual([]);
  });

  it.each([
    ["fixed-image", { image: "forecast-service:latest" }],
    ["fixed-image", { image: "registry.example:5000/forecast-service" }],
    ["limits", { resources: { limits: { cpu: "1" } } }],
    ["probes", { livenessProbe: undefined }],
    ["non-root", { securityContext: { allowPrivilegeEscalation: false } }],
    ["non-root", { securityContext: { runAsNonRoot: true } }],
    ["no-plaintext-secret", { env: [{ name: "DB_PASSWORD", value: "hunter2" }] }],
  ])("refuse by %s: %j", (rule, changes) => {
    expect(broken(workload(changes))).toEqual([rule]);
  });

  it("accept a digest, and ask no probes of a Job", () => {
    expect(broken(workload({ image: `forecast-service@sha256:${"0".repeat(64)}` }))).toEqual([]);
    expect(broken(workload({ readinessProbe: undefined }, "Job"))).toEqual([]);
  });

  it("look into the pods of a schedule", () => {
    const schedule: PlannedResource = { name: "backup", type: "kubernetes:batch/v1:CronJob", operation: "create", retained: false, inputs: { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ ...container, image: "x:latest" }] } } } } } } };
    expect(broken(schedule)).toEqual(["fixed-image"]);
  });

  it.each(["replace", "delete"] as const)("refuse to %s what holds data, unless it is named", (operation) => {
    const postgres: PlannedResource = { ...workload({}, "StatefulSet"), name: "postgres", operation };
    expect(broken(postgres)).toEqual(["keep-data"]);
    expect(broken(postgres, ["postgres"])).toEqual([]);
    expect(broken({ ...workload({}), operation })).toEqual([]);
  });

  it("never show the value that must be secret", () => {
    expect(JSON.stringify(violations([workload({ env: [{ name: "SVC_JWT_SECRET", value: "hunter2" }] })]))).not.toContain("hunter2");
  });

  it.each(["dev", "staging", "production"])("are kept by every resource of %s", (stack) => {
    const folder = join(import.meta.dirname, "..", "..", "infra", "golden", stack);
    const resources = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Omit<PlannedResource, "operation" | "retained">[]);
    expect(resources.length).toBeGreaterThan(20);
    expect(violations(resources.map((resource) => ({ ...resource, operation: "create", retained: false })))).toEqual([]);
  });

  it("judge what pulumi preview --json says, a replacement once", () => {
    const urn = "urn:pulumi:dev::forecast-stack::forecast-stack:infra:Postgres$kubernetes:apps/v1:StatefulSet::postgres";
    const state = { inputs: {}, retainOnDelete: false };
    const preview = JSON.stringify({ steps: [{ op: "create-replacement", urn, newState: state, oldState: state }, { op: "replace", urn, newState: state, oldState: state }, { op: "delete-replaced", urn, oldState: state }] });
    expect(violations(plannedResources(preview)).map(({ rule, resource }) => `${rule} ${resource}`)).toEqual(["keep-data postgres"]);
  });
});
