import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { backUpCluster, clusterBackups } from "@forecast-stack/delivery/backup/operator-backup.ts";
import { renderStack, stackConfiguration } from "@forecast-stack/infra/rendering/render-stack.ts";
import type { RenderedResource } from "@forecast-stack/infra/rendering/rendered-resource.ts";
import { kubectl } from "@forecast-stack/local/cluster/start.ts";
import { until } from "@forecast-stack/local/cluster/until.ts";
import { installCustomResources } from "./support/custom-resources.ts";
import { TestStack } from "./support/test-stack.ts";

const MINUTE = 60_000;

describe("a preview against the real definitions of CloudNativePG and the Prometheus Operator", () => {
  let removeCustomResources: () => Promise<void>;

  beforeAll(async () => {
    removeCustomResources = await installCustomResources();
  }, 3 * MINUTE);
  afterAll(() => removeCustomResources(), MINUTE);

  it.each(["staging", "production"])("is clean for %s", async (environment) => {
    const stack = await TestStack.create(`e2e-${environment}`, environment);
    try {
      // Whoever has no bucket for backups and does not say so is warned.
      const result = await stack.preview({ "forecast-stack:backup": { enabled: false } });
      expect(result).toMatchObject({ ok: true });
      expect(result.output).not.toMatch(/warning|error/i);
      for (const kind of ["postgresql.cnpg.io/v1:Cluster", "monitoring.coreos.com/v1:PrometheusRule", "monitoring.coreos.com/v1:ServiceMonitor"]) {
        expect(result.output).toContain(kind);
      }
    } finally {
      await stack.remove();
    }
  }, 3 * MINUTE);

  // A preview does not read the schemas of custom resources; the API server does.
  it.each(["dev", "staging", "production"])("is backed by objects that the API server accepts to the letter, for %s", async (environment) => {
    await expectAccepted((await renderStack(environment)).resources);
  }, MINUTE);

  it("is backed by backups, and a recovery to a moment, that the API server accepts for a cluster of CloudNativePG", async () => {
    const config = {
      ...stackConfiguration("production"),
      "forecast-stack:backupS3AccessKeyId": "id",
      "forecast-stack:backupS3SecretAccessKey": "key",
      "forecast-stack:backup": JSON.stringify({ s3: { bucket: "backups", endpoint: "https://s3.example.com" } }),
      "forecast-stack:postgres": JSON.stringify({ mode: "cloudnativepg", cluster: "postgres-2", recovery: { from: "postgres", until: "2026-01-31T02:00:00Z" } }),
    };
    const { resources } = await renderStack("production", config);
    const [cluster, ...others] = resources.filter(({ type }) => type === "kubernetes:postgresql.cnpg.io/v1:Cluster");
    expect([cluster?.inputs["spec"], others]).toMatchObject([{ bootstrap: { recovery: { source: "postgres" } }, backup: { barmanObjectStore: {} } }, []]);
    expect(resources.map(({ type }) => type)).toContain("kubernetes:postgresql.cnpg.io/v1:ScheduledBackup");
    await expectAccepted(resources);
  }, MINUTE);

  // The operator itself is not run here: its answers are given by hand, in its own words.
  it.each([
    ["completes", { phase: "completed" }, undefined],
    ["fails", { phase: "failed", error: "no such bucket" }, /failed: no such bucket\. kubectl .* describe backup/],
  ])("has a deploy's backup made by the operator, and waits until it %s", async (_what, status, refusal) => {
    const namespace = "e2e-operator-backup";
    await kubectl(["create", "namespace", namespace]);
    try {
      const made = backUpCluster({ context: "forecast-stack", namespace }, "postgres", "before-deploy", () => undefined);
      const answered = until("the backup", MINUTE, async () => {
        const name = await kubectl(["--namespace", namespace, "get", "backups.postgresql.cnpg.io", "-o", "jsonpath={.items[0].metadata.name}"]);
        await kubectl(["--namespace", namespace, "patch", "backups.postgresql.cnpg.io", name, "--subresource=status", "--type=merge", "--patch", JSON.stringify({ status })]);
      });
      await Promise.all([answered, refusal === undefined ? expect(made).resolves.toMatch(/^postgres-before-deploy-/) : expect(made).rejects.toThrow(refusal)]);
      const [listed, ...others] = await clusterBackups({ context: "forecast-stack", namespace }, "postgres");
      expect([listed, others]).toEqual([expect.objectContaining(status), []]);
      expect(await clusterBackups({ context: "forecast-stack", namespace }, "another")).toEqual([]);
    } finally {
      await kubectl(["delete", "namespace", namespace, "--wait=false"]);
      await kubectl(["wait", `namespace/${namespace}`, "--for=delete", "--timeout=60s"]);
    }
  }, 2 * MINUTE);

  async function expectAccepted(resources: readonly RenderedResource[]): Promise<void> {
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inDefaultNamespace(inputs));
    // Names that Pulumi completes, and ports that the running stack has.
    expect(objects.length).toBeGreaterThan(40);
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, (key, value: unknown) => (key === "nodePort" ? undefined : value)).replaceAll("-<suffix>", "-suffix");
    const accepted = await kubectl(["apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-"], list);
    expect(accepted.trim().split("\n")).toHaveLength(objects.length);
  }
});

/** The namespaces of the stack do not exist in a dry run. */
function inDefaultNamespace(inputs: Readonly<Record<string, unknown>>): object {
  const metadata = inputs["metadata"] as { namespace?: string; name?: string } | undefined;
  return { ...inputs, metadata: { ...metadata, name: metadata?.name ?? "auto-named", ...(metadata?.namespace === undefined ? {} : { namespace: "default" }) } };
}
