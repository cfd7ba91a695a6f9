import { describe, expect, it } from "@jest/globals";
import type { Deployment } from "../releases/checkpoint.ts";
import { recordedMigrations } from "./recorded-migrations.ts";

const deployment = (outputs: object) => ({ resources: [{ type: "pulumi:pulumi:Stack", outputs }] }) as unknown as Deployment;

describe("the migrations that a release recorded", () => {
  it("are none where it is from before they were recorded", () => {
    expect(recordedMigrations(deployment({}))).toEqual([]);
  });

  it("that cannot be read are refused, and not taken for none", () => {
    expect(() => recordedMigrations(deployment({ migrations: [{ version: "0.0.1", kind: "expand" }, { version: "0.0.2", kind: "other" }] }))).toThrow(/^The release's record of its migrations cannot be read \(migrations\.1\.kind: .*\), so that nobody can tell what its database needs/);
  });
});
