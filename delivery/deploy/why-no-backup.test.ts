import { describe, expect, it } from "@jest/globals";
import { type Deployment, deploymentSchema } from "../releases/checkpoint.ts";
import { whyNoBackup } from "./why-no-backup.ts";

const deployment = (...resources: readonly (readonly [type: string, name: string, inputs?: object])[]): Deployment =>
  deploymentSchema.parse({ manifest: { time: "now" }, resources: resources.map(([type, name, inputs = {}]) => ({ urn: `urn:pulumi:dev::p::${type}::${name}`, type, custom: true, inputs })) });
const postgres = ["kubernetes:apps/v1:StatefulSet", "postgres"] as const;
const schedule = ["kubernetes:batch/v1:CronJob", "backup"] as const;
const service = ["kubernetes:apps/v1:Deployment", "api"] as const;
const cluster = (spec: object) => ["kubernetes:postgresql.cnpg.io/v1:Cluster", "postgres", { metadata: { name: "postgres", namespace: "forecast-dev" }, spec }] as const;

describe("the backup before a deploy", () => {
  it.each([
    ["the stack has a schedule of backups", deployment(postgres, schedule), deployment(postgres, schedule)],
    ["its schedule is gone since the newest release", deployment(postgres), deployment(postgres, schedule)],
    ["its operator has somewhere to back up to", deployment(cluster({ backup: {} })), deployment()],
  ])("is made when %s", (_what, today, newest) => {
    expect(whyNoBackup(today, newest)).toBeUndefined();
  });

  it.each([
    ["there is none because the stack was destroyed", deployment(["pulumi:pulumi:Stack", "p-dev"]), deployment(postgres, schedule), "destroyed"],
    ["nobody wants any", deployment(postgres, service), deployment(postgres, service), "(backup.enabled)"],
    ["somebody else runs Postgres", deployment(service), deployment(postgres, schedule), "(postgres.mode)"],
    ["its operator has nowhere to back up to", deployment(cluster({})), deployment(), "(backup.s3)"],
  ])("is left out, with the true reason, when %s", (_what, today, newest, reason) => {
    expect(whyNoBackup(today, newest)).toContain(reason);
  });
});
