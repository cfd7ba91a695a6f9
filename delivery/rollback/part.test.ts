import { describe, expect, it } from "@jest/globals";
import { deploymentSchema, outputsOf } from "../releases/checkpoint.ts";
import { onlyPart } from "./part.ts";

const prefix = "urn:pulumi:dev::forecast-stack::";
const component = (name: string) => ({ urn: `${prefix}forecast-stack:infra:Part::${name}`, type: "forecast-stack:infra:Part" });
const inside = (parent: string, name: string, image: string) => ({
  urn: `${prefix}forecast-stack:infra:Part$kubernetes:apps/v1:Deployment::${name}`,
  type: "kubernetes:apps/v1:Deployment",
  custom: true,
  parent: component(parent).urn,
  inputs: { image },
});
const stack = (outputs: object, resources: object[]) => deploymentSchema.parse({ manifest: { time: "now" }, resources: [{ urn: `${prefix}pulumi:pulumi:Stack::s`, type: "pulumi:pulumi:Stack", outputs }, ...resources] });

const target = stack({ fingerprint: "then", schemaVersion: "1", images: { service: "service:1", redis: "redis:1" } }, [component("service"), component("redis"), inside("service", "api", "service:1"), inside("service", "old", "service:1"), inside("redis", "redis", "redis:1")]);
const today = stack({ fingerprint: "now", schemaVersion: "2", images: { service: "service:2", redis: "redis:2" } }, [component("service"), component("redis"), inside("service", "api", "service:2"), inside("service", "new", "service:2"), inside("redis", "redis", "redis:2")]);

describe("one part of a stack", () => {
  const mixed = onlyPart(target, today, "service");

  it("goes back with all that belonged to it, while everything else stays as it is", () => {
    const images = new Map(mixed.resources.filter(({ custom }) => custom).map(({ urn, inputs }) => [urn.split("::").at(-1), inputs["image"]]));
    expect(images).toEqual(new Map([["redis", "redis:2"], ["api", "service:1"], ["old", "service:1"]]));
  });

  it("changes what the stack tells of that part, and nothing of the schema", () => {
    expect(outputsOf(mixed)).toMatchObject({ schemaVersion: "2", images: { service: "service:1", redis: "redis:2" } });
    // It is neither release: what was rolled back from must not count as deployed.
    expect(outputsOf(mixed)["fingerprint"]).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is refused by name when that release does not have it", () => {
    expect(() => onlyPart(target, today, "serivce")).toThrow("That release has no part serivce; it has redis, service.");
  });
});
