import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { chooseImage, imageReference, imageVersion, type ImagesManifest, readImagesManifest } from "./images.ts";
import { officialImages } from "./official-images.ts";
import { buildPlan } from "./service-image.ts";

const manifest: ImagesManifest = { source: "debian", images: { redis: "forecast-stack.local/redis:7.0-0123456789ab" } };
const embedded = { imageSource: "embedded", overrides: {}, manifest } as const;
const registry = { imageSource: "registry", overrides: {} } as const;

describe("the choice of an image", () => {
  it.each([
    ["an embedded cluster runs what it built", "redis", embedded, "forecast-stack.local/redis:7.0-0123456789ab"],
    ["a registry gives the pinned official image", "redis", registry, "redis:7.2.10"],
    ["a setting wins over both", "redis", { ...embedded, overrides: { redis: "mine/redis:1" } }, "mine/redis:1"],
    ["an embedded cluster that reaches a registry takes official images for what it did not build", "redis", { ...embedded, manifest: { source: "registry", images: {} } }, "redis:7.2.10"],
  ] as const)("%s", (_case, role, choice, image) => {
    expect(chooseImage(role, choice)).toBe(image);
  });

  it.each([
    ["an embedded cluster without the image", "grafana", embedded, "The embedded cluster has no image for grafana: set images.grafana, or switch the part off."],
    ["the service's own image, which nobody else has", "forecast-service", registry, "There is no official image for forecast-service: set images.forecast-service, or image.build to true."],
  ] as const)("says what to set for %s", (_case, role, choice, message) => {
    expect(() => chooseImage(role, choice)).toThrow(message);
  });
});

describe("the official images", () => {
  it.each(Object.entries(officialImages))("pin %s to an exact version", (_role, image) => {
    expect(image.tag).toMatch(/^v?[0-9]+\.[0-9]+/);
    expect(image.name).not.toMatch(/[:@]/);
  });

  it("are referred to by digest once it is known", () => {
    expect(imageReference({ name: "redis", tag: "7.2.10", digest: "sha256:00" })).toBe("redis:7.2.10@sha256:00");
  });
});

describe("the version label", () => {
  it.each([
    ["redis:7.2.10", "7.2.10"],
    ["registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.16.0", "v2.16.0"],
    ["host:5000/redis:7.2.10@sha256:" + "a".repeat(64), "7.2.10"],
    ["redis@sha256:" + "a".repeat(64), "aaaaaaaaaaaa"],
    [`redis:${"1".repeat(62)}-2`, "1".repeat(62)],
  ])("of %s is %s", (reference, version) => {
    expect(imageVersion(reference)).toBe(version);
  });
});

describe("the images manifest", () => {
  const withFile = (text: string, check: (file: string) => void): void => {
    const directory = mkdtempSync(join(tmpdir(), "forecast-manifest-"));
    writeFileSync(join(directory, "images.json"), text);
    try {
      check(join(directory, "images.json"));
    } finally {
      rmSync(directory, { recursive: true });
    }
  };

  it("is read with every role, the pause image included", () => {
    withFile('{"source":"debian","images":{"redis":"redis:1","pause":"pause:1"}}', (file) => expect(readImagesManifest(file).images.redis).toBe("redis:1"));
  });

  it("is refused by name when it is missing or damaged", () => {
    expect(() => readImagesManifest("/nowhere/images.json")).toThrow("/nowhere/images.json cannot be read; npm start writes it.");
    withFile('{"images":[]}', (file) => expect(() => readImagesManifest(file)).toThrow(`${file} is not an images manifest`));
    withFile('{"source"', (file) => expect(() => readImagesManifest(file)).toThrow(`${file} is not an images manifest`));
  });
});

describe("the build of the service's image", () => {
  it("has a fixed tag, a platform, arguments and a cache", () => {
    const image = { build: true, repository: "registry.example/forecast-service", platform: "linux/arm64", buildArguments: { NODE_VERSION: "24" }, cacheFrom: ["registry.example/forecast-service:0.0.9"] };
    expect(buildPlan(image, "/src", "0.1.0")).toEqual({
      context: "/src",
      dockerfile: "/src/app/Dockerfile",
      platform: "linux/arm64",
      args: { NODE_VERSION: "24", APP_VERSION: "0.1.0" },
      cacheFrom: ["registry.example/forecast-service:0.0.9"],
      imageName: "registry.example/forecast-service:0.1.0",
    });
  });
});
