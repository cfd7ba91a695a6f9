import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
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
      const result = await stack.preview();
      expect(result).toMatchObject({ ok: true });
      expect(result.output).not.toMatch(/warning|error/i);
      for (const kind of ["postgresql.cnpg.io/v1:Cluster", "monitoring.coreos.com/v1:PrometheusRule", "monitoring.coreos.com/v1:ServiceMonitor"]) {
        expect(result.output).toContain(kind);
      }
    } finally {
      await stack.remove();
    }
  }, 3 * MINUTE);
});
