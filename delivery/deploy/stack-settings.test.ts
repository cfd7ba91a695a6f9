import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readStackSettings } from "./stack-settings.ts";

const repository = join(import.meta.dirname, "..", "..");

describe("what a deploy knows of a stack beforehand", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-settings-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ["dev", { context: "forecast-stack", embeddedImages: true }],
    ["organization/forecast-stack/dev", { context: "forecast-stack", embeddedImages: true }],
    ["staging", { embeddedImages: false }],
    ["production", { embeddedImages: false }],
  ])("is whether %s runs images of this machine, which are then built, and which context is asked", async (stack, settings) => {
    expect(await readStackSettings(repository, stack)).toMatchObject(settings);
  });

  it("is the defaults for a stack without a file or without settings, and a sentence for a file that is none", async () => {
    await writeFile(join(folder, "Pulumi.empty.yaml"), "");
    await writeFile(join(folder, "Pulumi.wrong.yaml"), "config: 3");
    for (const stack of ["none", "empty"]) expect(await readStackSettings(folder, stack)).toEqual({ context: undefined, embeddedImages: false });
    await expect(readStackSettings(folder, "wrong")).rejects.toThrow("Pulumi.wrong.yaml is not the file of a stack");
  });
});
