import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "@forecast-stack/delivery/releases/checkpoint.ts";
import { clusterObstacles } from "@forecast-stack/delivery/rollback/cluster.ts";
import { imageObstacles } from "@forecast-stack/delivery/rollback/images.ts";
import { kubectl } from "@forecast-stack/local/cluster/start.ts";

const CONTEXT = "forecast-stack";

/** A stack that recorded one namespace of the cluster that it is on. */
function recorded(name: string, uid: string): Parameters<typeof clusterObstacles>[1] {
  const urn = `urn:pulumi:dev::forecast-stack::kubernetes:core/v1:Namespace::${name}`;
  return deploymentSchema.parse({ manifest: { time: "2026-01-31T02:00:00Z" }, resources: [{ urn, type: "kubernetes:core/v1:Namespace", custom: true, outputs: { metadata: { name, uid } } }] });
}

describe("before a rollback writes anything", () => {
  it("it has nothing against the cluster that the stack is on", async () => {
    const uid = await kubectl(["get", "namespace", "default", "-o", "jsonpath={.metadata.uid}"]);
    expect(await clusterObstacles(CONTEXT, recorded("default", uid.trim()))).toEqual([]);
  });

  it.each([
    ["whose namespace of that name has another id", "default", /its namespace default is another one\. Choose the right one with KUBECONFIG\./],
    ["without the stack's namespace", "no-such-stack", /it has no namespace no-such-stack\. Choose the right one with KUBECONFIG\./],
  ])("it refuses a cluster %s", async (_what, name, reason) => {
    expect(await clusterObstacles(CONTEXT, recorded(name, "00000000-0000-4000-8000-000000000000"))).toEqual([{ reason: expect.stringMatching(reason) }]);
  });

  it("it names an image that is kept nowhere any more, and leaves those of registries to them", async () => {
    const gone = "forecast-stack.local/forecast-service:no-such-tag";
    expect(await imageObstacles([gone, "docker.io/library/redis:7.4.1"])).toEqual([{ reason: expect.stringContaining(`The image ${gone} is gone`) }]);
  });
});
