import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { service } from "./image-recipes.ts";

it("the service starts alike in the embedded cluster's image and in that of the Dockerfile", async () => {
  const dockerfile = await readFile(join(import.meta.dirname, "..", "..", "app", "Dockerfile"), "utf8");
  const final = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  const { entrypoint, environment, user, workingDirectory } = service.container;
  expect(JSON.parse(/^ENTRYPOINT (.+)$/m.exec(final)?.[1] ?? "")).toEqual(entrypoint);
  const given: Record<string, string | undefined> = Object.fromEntries((/^ENV (.+)$/m.exec(final)?.[1] ?? "").split(" ").map((one) => one.split("=") as [string, string]));
  // The base image of the Dockerfile has a PATH of its own.
  expect({ ...given, PATH: environment["PATH"] }).toMatchObject(environment);
  expect([/^USER (.+)$/m.exec(final)?.[1], /^WORKDIR (.+)$/m.exec(final)?.[1]]).toEqual([user, workingDirectory]);
});
