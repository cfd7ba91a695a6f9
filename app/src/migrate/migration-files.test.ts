import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { migrationsDirectory } from "../test-support/test-database.ts";
import { readMigrations } from "./migration-files.ts";
import { planMigrations, planUndo } from "./migration-plan.ts";

describe("migration files", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "migrations-"));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const write = (name: string, sql = "-- Kind: expand\nSELECT 1;") => writeFile(join(directory, name), sql);

  it("are read oldest version first, by number", async () => {
    for (const version of ["0.0.10", "0.0.9"]) {
      await write(`V${version}__add_x.sql`);
      await write(`U${version}__add_x.sql`);
    }
    expect((await readMigrations(directory)).map((migration) => migration.version)).toEqual(["0.0.9", "0.0.10"]);
  });

  it("without an undo are refused", async () => {
    await write("V0.0.1__add_x.sql");
    await expect(readMigrations(directory)).rejects.toThrow("V0.0.1__add_x.sql: its undo U0.0.1__add_x.sql is missing");
  });

  it("that undo nothing are refused", async () => {
    await write("U0.0.1__add_x.sql");
    await expect(readMigrations(directory)).rejects.toThrow("U0.0.1__add_x.sql: there is no migration that it undoes");
  });

  it("that do not say whether they expand or contract are refused", async () => {
    await write("V0.0.1__add_x.sql", "SELECT 1;");
    await write("U0.0.1__add_x.sql");
    await expect(readMigrations(directory)).rejects.toThrow("V0.0.1__add_x.sql: the header must say");
  });

  it("with the same version are refused", async () => {
    for (const words of ["add_x", "add_y"]) {
      await write(`V0.0.1__${words}.sql`);
      await write(`U0.0.1__${words}.sql`);
    }
    await expect(readMigrations(directory)).rejects.toThrow("version 0.0.1 exists twice");
  });

  it("of the product are well-formed", async () => {
    const versions = (await readMigrations(migrationsDirectory)).map((migration) => migration.version);
    expect(versions.length).toBeGreaterThan(3);
    expect([...versions].sort(compareVersions)).toEqual(versions);
  });
});

describe("the plan of migrations", () => {
  const migration = (version: string, checksum = version) => ({ version, checksum, description: "x", file: `V${version}__x.sql`, kind: "expand" as const, after: null, lossless: true, loses: "", sql: "", undoSql: "", undoChecksum: `undo ${version}` });
  const row = (version: string, checksum = version) => ({ version, checksum, undoChecksum: `undo ${version}` });
  const known = [migration("0.0.1"), migration("0.0.2"), migration("0.0.3")];

  it("is what has not been applied", () => {
    expect(planMigrations(known, [row("0.0.1")]).map(({ version }) => version)).toEqual(["0.0.2", "0.0.3"]);
  });

  it("is empty for an older release on a newer schema", () => {
    const applied = ["0.0.1", "0.0.2", "0.0.3", "0.0.4"].map((version) => row(version));
    expect(planMigrations(known, applied)).toEqual([]);
  });

  it("refuses a file that changed after it was applied", () => {
    expect(() => planMigrations(known, [row("0.0.1", "other")])).toThrow("V0.0.1__x.sql: the file has changed since it was applied");
  });

  it("refuses a migration older than what is applied", () => {
    const applied = ["0.0.1", "0.0.3"].map((version) => row(version));
    expect(() => planMigrations(known, applied)).toThrow("V0.0.2__x.sql: version 0.0.3 is applied already");
  });

  it("back to a version is everything newer, newest first", () => {
    const applied = known.map(({ version }) => row(version));
    expect(planUndo(known, applied, { to: "0.0.1", acceptDataLoss: false }).map(({ version }) => version)).toEqual(["0.0.3", "0.0.2"]);
    expect(planUndo(known, applied, { acceptDataLoss: false }).map(({ version }) => version)).toEqual(["0.0.3"]);
  });

  it("back refuses to lose data that nobody has given up, and says what would go", () => {
    const lossy = [...known.slice(0, 2), { ...migration("0.0.3"), lossless: false, loses: "Deletes all users." }];
    const applied = known.map(({ version }) => row(version));
    expect(() => planUndo(lossy, applied, { to: "0.0.1", acceptDataLoss: false })).toThrow("undoing loses data, so it must be accepted (--accept-data-loss): 0.0.3: Deletes all users.");
    expect(planUndo(lossy, applied, { to: "0.0.1", acceptDataLoss: true })).toHaveLength(2);
  });

  it("back refuses an undo that is not the one that was applied with its migration, one that it does not have, and a version that was never there", () => {
    const applied = known.map(({ version }) => row(version));
    expect(() => planUndo(known, [...applied.slice(0, 2), { ...row("0.0.3"), undoChecksum: "other" }], { acceptDataLoss: false })).toThrow("V0.0.3__x.sql: its undo has changed since it was applied");
    expect(() => planUndo(known, [...applied, row("0.0.4")], { to: "0.0.1", acceptDataLoss: false })).toThrow("version 0.0.4 is applied, but this release does not know how to undo it");
    expect(() => planUndo(known, applied, { to: "0.0.0", acceptDataLoss: false })).toThrow("version 0.0.0 is not applied");
    expect(() => planUndo(known, [], { acceptDataLoss: false })).toThrow("no migration is applied");
  });
});
