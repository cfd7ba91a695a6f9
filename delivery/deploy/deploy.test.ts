import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ReleaseError } from "../releases/release-error.ts";
import { type FakePulumi, fakePulumi } from "../test-support/fake-pulumi.ts";
import { Deploy } from "./deploy.ts";

const calls = join(tmpdir(), `pulumi-calls-${process.pid}`);

describe("the prerequisites of a deploy", () => {
  let pulumi: FakePulumi;
  beforeEach(async () => {
    pulumi = await fakePulumi();
  });
  afterEach(async () => {
    await pulumi.remove();
    await rm(calls, { force: true });
  });
  /** Of what else is asked only the failure shows, so that nothing but the configuration is needed here. */
  const prerequisites = async (config: object, testData: boolean) => {
    await pulumi.does(`echo "$1" >> ${calls}; test "$1" = config || exit 1; echo '${JSON.stringify(config)}'`);
    return new Deploy({ stack: "production", message: undefined, allow: [], window: 3, acknowledge: false, testData }).prerequisites(() => undefined);
  };
  const production = { "forecast-stack:environment": { value: "production", secret: false } };

  it("refuse test data in production before anything else is done", async () => {
    const refused = prerequisites(production, true);
    await expect(refused).rejects.toThrow(ReleaseError);
    await expect(refused).rejects.toThrow("Test data is never loaded into production");
    expect(await readFile(calls, "utf8")).toBe("config\n");
  });

  it.each([
    ["where none is asked for", production, false],
    ["in another environment", { "forecast-stack:environment": { value: "staging", secret: false } }, true],
    ["in a stack that names none, which is a development stack", { "forecast-stack:jwtSecret": { secret: true } }, true],
  ])("go on to what else is needed %s", async (_, config, testData) => {
    await expect(prerequisites(config, testData)).rejects.toThrow("pulumi version");
  });
});
