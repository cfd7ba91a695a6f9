import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { type AppliedMigration, planSchema, riskOfUndo, type SchemaConsent, schemaObstacles } from "./schema.ts";

const release = (...versions: string[]) =>
  deploymentSchema.parse({
    manifest: { time: "now" },
    resources: [{ urn: "urn:pulumi:dev::forecast-stack::pulumi:pulumi:Stack::forecast-stack-dev", type: "pulumi:pulumi:Stack", outputs: { schemaRange: { oldest: versions.at(-1) }, migrations: versions.map((version) => ({ version, kind: "expand" })) } }],
  });
const applied = (version: string, more: Partial<AppliedMigration> = {}): AppliedMigration => ({ version, kind: "expand", after: null, loses: "", ...more });
const contract = (version: string, more: Partial<AppliedMigration> = {}) => applied(version, { kind: "contract", ...more });
const none: SchemaConsent = { undoMigrations: false, acceptDataLoss: false, only: undefined };
const undo: SchemaConsent = { ...none, undoMigrations: true };
const reasons = (target: ReturnType<typeof release>, today: AppliedMigration[], consent: SchemaConsent) => schemaObstacles(planSchema(target, today), consent).map(({ reason }) => reason);

describe("the schema that a release would find", () => {
  it("suits it when every newer migration only added something", () => {
    expect(reasons(release("0.0.1"), [applied("0.0.1"), applied("0.0.2", { loses: "Deletes all users." })], none)).toEqual([]);
  });

  it("does not when one took something away: it is named, with both ways out and what each loses", () => {
    const [reason = "", ...others] = reasons(release("0.0.9"), [applied("0.0.9"), contract("0.0.10"), applied("0.0.11", { loses: "Deletes all users." })], none);
    expect(others).toEqual([]);
    expect(reason).toMatch(/^The database's schema is 0\.0\.11, and that release works with 0\.0\.9 .*migration 0\.0\.10 took away/);
    expect(reason).toContain("--undo-migrations (with --accept-data-loss: 0.0.11: Deletes all users.)");
    expect(reason).toContain("backup restore NAME --keep-schema");
  });

  it("suits a release that no longer needs what a contract took away", () => {
    expect(reasons(release("0.0.1", "0.0.2"), [applied("0.0.1"), applied("0.0.2"), contract("0.0.3", { after: "0.0.2" })], none)).toEqual([]);
  });

  it("is judged by what the database has, also when a failed update applied it and no release tells what an undo loses", () => {
    expect(reasons(release("0.0.1"), [applied("0.0.1"), contract("0.0.2", { loses: undefined })], none)).toEqual([expect.stringContaining("0.0.2: nobody recorded what")]);
  });
});

describe("taking migrations back", () => {
  it("needs no more than the wish where nothing is lost, and an explicit yes where data go", () => {
    expect(reasons(release("0.0.1"), [applied("0.0.1"), contract("0.0.2")], undo)).toEqual([]);
    const lossy = [applied("0.0.1"), contract("0.0.2", { loses: "Deletes all users." })];
    expect(reasons(release("0.0.1"), lossy, undo)).toEqual(["Undoing migrations would lose data. Add --accept-data-loss if that may go: 0.0.2: Deletes all users."]);
    expect(reasons(release("0.0.1"), lossy, { ...undo, acceptDataLoss: true })).toEqual([]);
  });

  it("goes newest first, down to the newest one that both have", () => {
    const plan = planSchema(release("0.0.1", "0.0.2"), [applied("0.0.1"), applied("0.0.2"), applied("0.0.10"), applied("0.0.9")]);
    expect([plan.newer.map(({ version }) => version), plan.shared]).toEqual([["0.0.10", "0.0.9"], "0.0.2"]);
  });

  it("is refused where the database has none of that release's migrations to stop at", () => {
    expect(reasons(release("0.0.1"), [applied("0.0.2")], undo)).toEqual([expect.stringMatching(/^The database has no migration that that release had/)]);
  });

  it("is lossy where something goes, or nobody recorded what", () => {
    expect(["", "Deletes all users.", undefined].map((loses) => riskOfUndo({ loses }))).toEqual(["reversible", "lossy", "lossy"]);
  });

  it("is not for a part of the stack", () => {
    expect(reasons(release("0.0.1"), [applied("0.0.1"), contract("0.0.2")], { ...undo, only: "forecast-service" })).toEqual(["--undo-migrations takes the whole stack back: leave out --only."]);
  });
});

describe("going forward again", () => {
  it("brings the migrations that were taken back", () => {
    expect(planSchema(release("0.0.1", "0.0.2"), [applied("0.0.1")])).toMatchObject({ missing: ["0.0.2"], newer: [], breaking: [] });
  });

  it("with the service alone is refused where its migrations would be missing", () => {
    expect(reasons(release("0.0.1", "0.0.2"), [applied("0.0.1")], { ...none, only: "forecast-service" })).toEqual([expect.stringMatching(/needs 0\.0\.2: go there without --only/)]);
  });

  it("is refused when the database has migrations of another line in their place", () => {
    expect(reasons(release("0.0.1", "0.0.2"), [applied("0.0.1"), applied("0.0.3")], none)).toEqual([expect.stringContaining("lacks migration 0.0.2 of that release, and has 0.0.3")]);
  });
});

it("a release that recorded no migrations is not judged by them", () => {
  expect(planSchema(release(), [applied("0.0.1")])).toMatchObject({ newer: [], breaking: [], missing: [] });
});
