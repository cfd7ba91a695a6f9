import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { backupObstacles } from "./schema-change.ts";
import type { SchemaPlan } from "./schema.ts";

const stack = (...resources: readonly object[]) => deploymentSchema.parse({ manifest: { time: "now" }, resources });
const backsUp = stack({ urn: "urn:pulumi:dev::p::kubernetes:batch/v1:CronJob::backup", type: "kubernetes:batch/v1:CronJob" });
const archives = stack({ urn: "urn:pulumi:dev::p::kubernetes:postgresql.cnpg.io/v1:Cluster::postgres", type: "kubernetes:postgresql.cnpg.io/v1:Cluster", inputs: { metadata: { name: "postgres" }, spec: { backup: {} } } });
const none = stack();
const losing: SchemaPlan = { today: "0.0.2", target: "0.0.1", shared: "0.0.1", oldest: "0.0.1", newer: [{ version: "0.0.2", kind: "contract", after: null, loses: "Deletes all users." }], breaking: ["0.0.2"], missing: [] };
const consent = { undoMigrations: true, acceptDataLoss: true, only: undefined };
const reasons = (schema: SchemaPlan, today: typeof none, wanted: typeof none) => backupObstacles(schema, consent, { stack: "dev", today, wanted }).map(({ reason }) => reason);

describe("an undo that loses data", () => {
  it("is refused where no backup would be made first, with what to do instead", () => {
    expect(reasons(losing, none, backsUp)).toEqual([expect.stringContaining("forecastctl migrate undo --to 0.0.1 --accept-data-loss --stack dev, then go back without --undo-migrations")]);
    // It would be made when the older release runs already.
    expect(reasons({ ...losing, breaking: [] }, backsUp, none)).toEqual([expect.stringContaining("That release makes no backups itself")]);
  });

  it("is done where the stack makes backups, or an operator does when it is told to", () => {
    for (const running of [backsUp, archives]) expect([reasons(losing, running, none), reasons({ ...losing, breaking: [] }, none, running)]).toEqual([[], []]);
  });

  it("is the only one that needs a backup", () => {
    expect(reasons({ ...losing, newer: losing.newer.map((migration) => ({ ...migration, loses: "" })) }, none, none)).toEqual([]);
    expect(backupObstacles(losing, { ...consent, undoMigrations: false }, { stack: "dev", today: none, wanted: none })).toEqual([]);
  });
});
