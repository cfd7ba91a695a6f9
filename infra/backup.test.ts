import { describe, expect, it } from "@jest/globals";
import { renderStack, stackConfiguration } from "./rendering/render-stack.ts";

const warningsOf = async (stack: string, config: Record<string, string> = {}) => (await renderStack(stack, { ...stackConfiguration(stack), ...config })).warnings;

describe("a stack of which nobody makes backups", () => {
  it.each(["staging", "production"])("says so at each update, such as %s as it ships", async (stack) => {
    expect(await warningsOf(stack)).toEqual([expect.stringMatching(/^Nobody makes backups of the database.* Set backup\.s3 /)]);
  });

  it("says nothing once there is a bucket, or the settings say that this is meant", async () => {
    expect(await warningsOf("production", { "forecast-stack:backup": '{"s3":{"bucket":"b"}}', "forecast-stack:backupS3AccessKeyId": "<id>", "forecast-stack:backupS3SecretAccessKey": "<key>" })).toEqual([]);
    expect(await warningsOf("production", { "forecast-stack:backup": '{"enabled":false}' })).toEqual([]);
  });

  it("is none that makes them itself", async () => {
    expect(await warningsOf("dev")).toEqual([]);
  });
});
