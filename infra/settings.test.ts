import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { readSettings } from "./read-settings.ts";
import { projectSettings } from "./settings-schema.ts";
import { stackConfiguration } from "./rendering/render-stack.ts";
import { stacks } from "./rendering/stacks.ts";

const read = (config: Record<string, string>) => readSettings("forecast-stack", config);
const refusal = (config: Record<string, string>): string => {
  try {
    read(config);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
};

describe("Pulumi.yaml", () => {
  it("declares every setting with the type, default and description that the program has", () => {
    const { config } = parse(readFileSync(join(import.meta.dirname, "..", "Pulumi.yaml"), "utf8")) as { config: unknown };
    expect(config).toEqual(projectSettings());
  });

  it("describes every setting", () => {
    for (const [key, { description, type }] of Object.entries(projectSettings())) {
      expect({ key, described: description.length > 12 }).toEqual({ key, described: true });
      expect(["string", "boolean", "integer", "object", "array"]).toContain(type);
    }
  });
});

describe("a stack's settings", () => {
  it("have a default for everything", () => {
    expect(read({})).toMatchObject({ environment: "dev", postgres: { mode: "statefulset", maxConnections: 200 }, api: { replicas: 2, autoscaling: false }, image: { build: false } });
  });

  it("are read from the text and the JSON that the CLI hands over", () => {
    const settings = read({
      "forecast-stack:protect": "true",
      "forecast-stack:readyTimeoutSeconds": "90",
      "forecast-stack:api": '{"replicas":"3","autoscaling":"true"}',
      "forecast-stack:images": '{"redis":"redis:7.2.10"}',
      "forecast-stack:serviceEnvironment": '{"FORECAST_BATCH_SIZE":20}',
      "kubernetes:context": "elsewhere",
    });
    expect(settings).toMatchObject({ protect: true, readyTimeoutSeconds: 90, api: { replicas: 3, autoscaling: true, maxReplicas: 6 }, images: { redis: "redis:7.2.10" }, serviceEnvironment: { FORECAST_BATCH_SIZE: "20" } });
  });

  it.each(stacks)("of %s are accepted", (stack) => {
    expect(read(stackConfiguration(stack)).environment).toBe(stack);
  });

  it.each([
    ["an unknown key", { "forecast-stack:replica": "2" }, "forecast-stack:replica is not a setting; there are environment, namespace"],
    ["an unknown nested key", { "forecast-stack:api": '{"replica":2}' }, "forecast-stack:api.replica is not a setting; there are replicas, autoscaling, maxReplicas, targetCpuPercent."],
    ["a nested key written flat", { "forecast-stack:api.replicas": "2" }, "forecast-stack:api.replicas must be nested: set it with pulumi config set --path."],
    ["a value that is not offered", { "forecast-stack:postgres": '{"mode":"mysql"}' }, 'forecast-stack:postgres.mode is "mysql", but must be one of statefulset, cloudnativepg, external.'],
    ["a number that is none", { "forecast-stack:readyTimeoutSeconds": "soon" }, 'forecast-stack:readyTimeoutSeconds is "soon", but must be a whole number.'],
    ["a number that is too small", { "forecast-stack:api": '{"replicas":0}' }, "forecast-stack:api.replicas is 0, but must be at least 1."],
    ["a number that is too large", { "forecast-stack:nodePorts": '{"api":80800}' }, "forecast-stack:nodePorts.api is 80800, but must be at most 32767."],
    ["neither true nor false", { "forecast-stack:protect": "yes" }, 'forecast-stack:protect is "yes", but must be true or false.'],
    ["a size without a unit", { "forecast-stack:postgres": '{"storage":"20"}' }, 'forecast-stack:postgres.storage is "20", but must be a size such as 512Mi, 20Gi or 1Ti.'],
    ["a text where settings belong", { "forecast-stack:redis": "on" }, 'forecast-stack:redis is "on", but must be a map of settings.'],
    ["an image of an unknown role", { "forecast-stack:images": '{"mysql":"mysql:8"}' }, "forecast-stack:images.mysql is not a setting; there are forecast-service, postgres,"],
    ["an image without a version", { "forecast-stack:images": '{"redis":"redis:latest"}' }, 'forecast-stack:images.redis is "redis:latest", but must be an image with a fixed tag, not latest.'],
    ["an external database without a host", { "forecast-stack:postgres": '{"mode":"external"}' }, 'forecast-stack:postgres.host is "", but must be the host of the external Postgres (postgres.mode is external).'],
    ["node ports without a node", { "forecast-stack:serviceType": "NodePort" }, 'forecast-stack:nodeAddress is "", but must be the address of a node (serviceType is NodePort).'],
    ["a build without a repository", { "forecast-stack:image": '{"build":true}' }, 'forecast-stack:image.repository is "", but must be where to push the built image (image.build is true).'],
    ["Grafana without a source", { "forecast-stack:monitoring": '{"mode":"operator"}' }, 'forecast-stack:monitoring.prometheusUrl is "", but must be the URL that Grafana reads from'],
    ["a URL that is none", { "forecast-stack:monitoring": '{"prometheusUrl":"prometheus"}' }, 'forecast-stack:monitoring.prometheusUrl is "prometheus", but must be a URL such as'],
    ["an autoscaler with no room", { "forecast-stack:api": '{"autoscaling":true,"replicas":4,"maxReplicas":3}' }, "forecast-stack:api.maxReplicas is 3, but must be at least api.replicas (4)."],
    ["a variable that the program sets itself", { "forecast-stack:serviceEnvironment": '{"PORT":"80"}' }, 'forecast-stack:serviceEnvironment.PORT is "80", but must be left out (the program sets this variable itself).'],
    ["a variable with a wrong name", { "forecast-stack:serviceEnvironment": '{"batch-size":"80"}' }, "forecast-stack:serviceEnvironment.batch-size is not allowed: must be a variable name such as FORECAST_BATCH_SIZE."],
  ])("name key, value and what is allowed: %s", (_case, config, message) => {
    expect(refusal(config as unknown as Record<string, string>)).toContain(message);
  });

  it("name everything that is wrong at once", () => {
    const message = refusal({ "forecast-stack:protect": "yes", "forecast-stack:size": "huge", "forecast-stack:colour": "red" });
    expect(message.split("\n")).toHaveLength(3);
  });
});
