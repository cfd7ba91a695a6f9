import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { buildImages, type ImageInputs, type ImageRefs } from "./build-images.ts";
import { hasImage } from "./image-store.ts";

const roles = ["forecast-service", "node-exporter", "pause"] as const;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "build-images-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function inputs(bundle: string): Promise<ImageInputs> {
  const dist = await mkdtemp(join(directory, "dist-"));
  await writeFile(join(dist, "main.js"), bundle);
  return { pause: "/bin/true", service: { dist, nodeProgram: process.execPath, version: "0.1.0" } };
}

const build = (cacheDir: string, given: ImageInputs, report: (message: string) => void = () => undefined): Promise<ImageRefs> =>
  buildImages({ cacheDir: join(directory, cacheDir), inputs: given, roles, report });

describe("images", () => {
  it("have the same names on another machine, since equal packages and programs are packed to equal bytes", async () => {
    expect(await build("first", await inputs("serve()"))).toEqual(await build("second", await inputs("serve()")));
  }, 180_000);

  it("are not built again while nothing changed", async () => {
    const messages: string[] = [];
    const again = await build("first", await inputs("serve()"), (message) => messages.push(message));
    expect(messages).toEqual([]);
    expect(await hasImage(join(directory, "first"), again["forecast-service"] ?? "")).toBe(true);
  });

  it("change with the service's bundle alone", async () => {
    const before = await build("first", await inputs("serve()"));
    const after = await build("first", await inputs("serveBetter()"));
    expect(after["forecast-service"]).not.toBe(before["forecast-service"]);
    expect(after["node-exporter"]).toBe(before["node-exporter"]);
    expect(await hasImage(join(directory, "first"), before["forecast-service"] ?? "")).toBe(true);
  });

  it("are refused in one sentence when a program was not given", async () => {
    await expect(build("first", {})).rejects.toThrow("the image forecast-service needs its program");
  });
});
