import { beforeAll, describe, expect, it } from "@jest/globals";
import type { RenderedResource } from "./rendering/rendered-resource.ts";
import { renderStack, stackConfiguration } from "./rendering/render-stack.ts";
import { stacks } from "./rendering/stacks.ts";
import { type Workload, workloadsOf } from "./rendering/workloads.ts";

const commonLabels = ["name", "instance", "version", "component", "part-of", "managed-by"].map((label) => `app.kubernetes.io/${label}`);
/** What may ask the API server, and so gets a token. */
const withToken = new Set(["rollout-controller", "api", "worker", "prometheus", "kube-state-metrics"]);

describe.each(stacks)("every pod of %s", (stack) => {
  let resources: readonly RenderedResource[];
  let workloads: Workload[];

  beforeAll(async () => {
    ({ resources } = await renderStack(stack));
    workloads = workloadsOf(resources);
    expect(workloads.length).toBeGreaterThan(5);
  });

  it("meets the restricted Pod Security level", () => {
    for (const { name, pod, containers } of workloads) {
      expect({ name, ...pod.securityContext }).toMatchObject({ name, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
      expect(Object.keys(pod).filter((key) => key.startsWith("host"))).toEqual([]);
      for (const { securityContext } of containers) {
        expect({ name, ...securityContext }).toMatchObject({ name, allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ["ALL"] } });
        expect(securityContext.capabilities.add).toBeUndefined();
      }
      const paths = JSON.stringify(pod).match(/"hostPath"/g) ?? [];
      expect({ name, hostPaths: paths.length }).toEqual({ name, hostPaths: name === "node-exporter" ? 3 : 0 });
    }
  });

  it("has a read-only root file system", () => {
    for (const { name, containers } of workloads) for (const { securityContext } of containers) expect({ name, readOnly: securityContext.readOnlyRootFilesystem }).toEqual({ name, readOnly: true });
  });

  it("has a token of the API server only where it needs one", () => {
    for (const { name, pod } of workloads) expect({ name, token: pod.automountServiceAccountToken }).toEqual({ name, token: withToken.has(name) });
  });

  it("says what it needs and what it may use at most", () => {
    for (const { name, containers } of workloads) {
      for (const { resources } of containers) {
        const quantities = { requests: { cpu: expect.stringMatching(/m$/), memory: expect.stringMatching(/Mi$/) }, limits: { cpu: expect.stringMatching(/m$/), memory: expect.stringMatching(/Mi$/) } };
        expect({ name, resources }).toEqual({ name, resources: quantities });
      }
    }
  });

  it("is probed as long as it is meant to run", () => {
    for (const { name, kind, containers } of workloads.filter((workload) => workload.kind !== "Job")) {
      for (const { readinessProbe, livenessProbe } of containers) expect({ name, kind, ready: readinessProbe, alive: livenessProbe }).toMatchObject({ ready: { periodSeconds: expect.any(Number) }, alive: { periodSeconds: expect.any(Number) } });
    }
  });

  it("runs an image with a fixed version", () => {
    for (const { name, containers } of workloads) for (const { image } of containers) expect({ name, image }).toEqual({ name, image: expect.stringMatching(/:(?!latest)[A-Za-z0-9._-]+(@sha256:[a-f0-9]{64})?$/) });
  });

  it("carries the common labels", () => {
    for (const { name, labels, podLabels } of workloads) {
      expect({ name, labels: Object.keys(labels) }).toEqual({ name, labels: expect.arrayContaining(commonLabels) });
      expect({ name, labels: Object.keys(podLabels) }).toEqual({ name, labels: expect.arrayContaining(commonLabels) });
    }
  });

  it("is given up on within three minutes", () => {
    for (const { name, resource } of workloads) expect({ name, seconds: Number.parseInt(resource.options.customTimeouts?.["create"] ?? "600", 10) < 180 }).toEqual({ name, seconds: true });
  });

  it("reads no password from anything but a Secret", () => {
    const outsideSecrets = resources.filter(({ type }) => type !== "kubernetes:v1:Secret");
    expect(JSON.stringify(outsideSecrets)).not.toMatch(/<[a-z]+(Password|Secret|Token)>/);
  });
});

describe("the objects of every stack", () => {
  it.each(stacks)("of %s all carry the common labels", async (stack) => {
    for (const { type, name, inputs } of (await renderStack(stack)).resources) {
      const { labels } = inputs["metadata"] as { labels: Record<string, string> };
      expect({ type, name, labels: Object.keys(labels) }).toEqual({ type, name, labels: expect.arrayContaining(commonLabels) });
    }
  });

  it("in production are protected, and in every stack kept, where data is", async () => {
    const protectedIn = async (stack: string): Promise<string[]> => (await renderStack(stack)).resources.filter(({ options }) => options.protect === true).map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    expect(await protectedIn("production")).toEqual(["Cluster postgres", "Namespace namespace"]);
    expect(await protectedIn("dev")).toEqual([]);
  });

  it("are protected with a single Postgres and a bundled Prometheus, too", async () => {
    const { resources } = await renderStack("dev", { ...stackConfiguration("dev"), "forecast-stack:protect": "true" });
    expect(resources.filter(({ options }) => options.protect === true).map(({ name }) => name)).toEqual(["alertmanager", "postgres", "prometheus", "namespace", "backups"]);
  });

  it.each(stacks)("of %s keep their volumes when they go", async (stack) => {
    const { resources } = await renderStack(stack);
    const claims = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("volumeClaimTemplates"));
    for (const { name, inputs } of claims) {
      expect({ name, spec: inputs["spec"] }).toMatchObject({ name, spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" } } });
    }
    expect(resources.find(({ name }) => name === "namespace")?.options).toMatchObject({ retainOnDelete: true });
    const cluster = resources.find(({ type }) => type.endsWith(":Cluster"));
    if (stack === "dev") expect(claims.map(({ name }) => name)).toEqual(["alertmanager", "postgres", "prometheus"]);
    else expect(cluster?.options).toMatchObject({ retainOnDelete: true });
  });
});
