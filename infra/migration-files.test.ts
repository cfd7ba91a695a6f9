import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { migrationJobName, readMigrationFiles } from "./migration-files.ts";

let directory: string;
const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "forecast-migrations-"));
  write("V0.0.9__nine.sql", "select 9;");
  write("U0.0.9__nine.sql", "select -9;");
  write("V0.0.10__ten.sql", "select 10;");
  write("U0.0.10__ten.sql", "select -10;");
  write("package.json", "{}");
});

afterEach(() => rmSync(directory, { recursive: true }));

describe("migration files", () => {
  it("have 0.0.10 as newest after 0.0.9", () => {
    expect(readMigrationFiles(directory).newest).toBe("0.0.10");
  });

  it("are the product's own in the repository", () => {
    expect(readMigrationFiles(join(import.meta.dirname, "..", "migrations")).newest).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+$/);
  });

  it.each([
    ["a changed migration", () => write("V0.0.10__ten.sql", "select 11;")],
    ["a changed undo", () => write("U0.0.9__nine.sql", "select -10;")],
    ["a new migration", () => ["V", "U"].forEach((type) => write(`${type}0.0.11__eleven.sql`, "select 11;"))],
  ])("have another digest after %s", (_case, change) => {
    const before = readMigrationFiles(directory).digest;
    change();
    expect(readMigrationFiles(directory).digest).not.toBe(before);
  });

  it("have the same digest whatever else lies beside them", () => {
    const before = readMigrationFiles(directory).digest;
    write("README.md", "x");
    expect(readMigrationFiles(directory).digest).toBe(before);
  });

  it("are refused where there is none", () => {
    rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), "forecast-migrations-"));
    expect(() => readMigrationFiles(directory)).toThrow("holds no migration");
  });
});

describe("the name of the migrations' Job", () => {
  it("is another for another image or other migrations, and the same for the same", () => {
    expect(migrationJobName("a:1", "x", ["info"])).toBe(migrationJobName("a:1", "x", ["info"]));
    expect(new Set([migrationJobName("a:1", "x", ["info"]), migrationJobName("a:2", "x", ["info"]), migrationJobName("a:1", "y", ["info"]), migrationJobName("a:1", "x", ["debug"])]).size).toBe(4);
    expect(migrationJobName("a:1", "x", ["info"])).toMatch(/^migrate-[0-9a-f]{12}$/);
  });
});
