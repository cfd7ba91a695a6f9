import { describe, expect, it } from "@jest/globals";

import { debianRecipes } from "./image-recipes.ts";
import { imageConfiguration, imageRef, upstreamVersion } from "./oci-image.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("an image's name", () => {
  it("ends in the first twelve digits of its content hash", () => {
    expect(imageRef("postgres", "15.13", digest)).toBe("forecast-stack.local/postgres:15.13-0123456789ab");
  });

  it.each([
    ["5:7.0.15-1~deb12u4", "7.0.15"],
    ["15.13-0+deb12u1", "15.13"],
    ["2.42.0+ds-5+b5", "2.42.0"],
  ])("carries the upstream part of %s, which a tag may hold", (debian, upstream) => {
    expect(upstreamVersion(debian)).toBe(upstream);
  });

  it("is refused for something that is no version", () => {
    expect(() => upstreamVersion("")).toThrow("not a Debian version");
  });
});

describe("an image's configuration", () => {
  const layers = [{ blob: { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: 1 }, versions: {} }];

  it("is the same for the same content at any time", () => {
    const make = (): string => JSON.stringify(imageConfiguration(layers, debianRecipes.redis.container, "7.0.15"));
    expect(make()).toBe(make());
    expect(make()).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });

  it("starts Postgres as its own account through the entrypoint and stops it fast", () => {
    expect(imageConfiguration(layers, debianRecipes.postgres.container, "15.13")).toMatchObject({
      config: { User: "999:999", Entrypoint: ["docker-entrypoint.sh"], Cmd: ["postgres"], StopSignal: "SIGINT" },
      rootfs: { type: "layers", diff_ids: [digest] },
    });
  });
});
