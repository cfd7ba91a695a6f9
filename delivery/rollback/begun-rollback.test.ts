import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { type BegunRollback, describeBegun, readBegun, removeBegun, writeBegun } from "./begun-rollback.ts";

const begun: BegunRollback = { to: 2, from: "7", request: { only: "forecast-service", keepDrift: true, withFlags: false, undoMigrations: true, acceptDataLoss: true }, at: "2026-01-31T02:00:00Z", by: "anna" };

it("what was begun is known until it is done", async () => {
  const folder = await mkdtemp(join(tmpdir(), "begun-"));
  expect(await readBegun("dev", folder)).toBeUndefined();
  await writeBegun("dev", begun, folder);
  expect([await readBegun("dev", folder), await readBegun("staging", folder)]).toEqual([begun, undefined]);
  await removeBegun("dev", folder);
  expect(await readBegun("dev", folder)).toBeUndefined();
  await rm(folder, { recursive: true });
});

it("people are told who began what, and what was allowed", () => {
  expect(describeBegun(begun)).toBe("The rollback of forecast-service to release 2 that anna began at 2026-01-31T02:00:00Z with --keep-drift --undo-migrations --accept-data-loss");
});
