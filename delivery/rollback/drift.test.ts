import { expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { withDrift } from "./drift.ts";

const urn = "urn:pulumi:dev::forecast-stack::kubernetes:apps/v1:Deployment::api";
const recorded = deploymentSchema.parse({
  manifest: { time: "now" },
  resources: [{ urn, type: "kubernetes:apps/v1:Deployment", inputs: { data: { "rules.yaml": "old", rules: "other" }, spec: { replicas: 2, containers: [{ name: "a", image: "old" }, { name: "b", image: "old" }] } } }],
});
const drifted = (paths: string[], live: object | undefined) => withDrift(recorded, [{ urn, name: "api", paths, live }]).resources[0]?.inputs;

it("keeps what was changed by hand, in lists and under keys with dots, and nothing else", () => {
  const live = { data: { "rules.yaml": "edited", rules: "also edited" }, spec: { replicas: 5, containers: [{ name: "a", image: "edited too" }, { name: "b", image: "edited" }] } };
  expect(drifted(["spec.replicas", "spec.containers[1].image", "data.rules.yaml"], live)).toEqual({
    data: { "rules.yaml": "edited", rules: "other" },
    spec: { replicas: 5, containers: [{ name: "a", image: "old" }, { name: "b", image: "edited" }] },
  });
});

it("leaves the record as it is where there is nothing to keep, and where only the cluster knows the value", () => {
  expect(drifted([], undefined)).toEqual(recorded.resources[0]?.inputs);
  expect(drifted(["metadata.annotations.added"], { metadata: { annotations: { added: "by hand" } } })).toEqual(recorded.resources[0]?.inputs);
});

it("does not put a secret that was changed by hand into a record as plain text", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:a:b" };
  const deployment = deploymentSchema.parse({ manifest: { time: "now" }, resources: [{ urn, type: "kubernetes:core/v1:Secret", inputs: { stringData: secret } }] });
  const kept = withDrift(deployment, [{ urn, name: "api", paths: ["stringData.password", "data.password"], live: { stringData: { password: "plain" }, data: { password: "cGxhaW4=" } } }]);
  expect(kept.resources[0]?.inputs).toEqual({ stringData: secret });
});
