import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { editedMigrations } from "./edited.ts";
import { lintMigrations, readSources } from "./lint.ts";

const lint = async (sql: string, undo = "SELECT 1;") => (await lintMigrations(new Map([["U9__x.sql", undo], ["V9__x.sql", sql]]))).map(({ file, message }) => `${file}: ${message}`);

describe("the linter of migrations", () => {
  it("has nothing to say about a new table with its indexes and constraints", async () => {
    expect(await lint("-- Kind: expand\nCREATE TABLE a (b int NOT NULL); CREATE INDEX ON a (b); ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0); ALTER TABLE a DROP COLUMN b;")).toEqual([]);
  });

  it.each([
    ["ALTER TABLE items ADD COLUMN a int NOT NULL", "it adds a column that must have a value to items"],
    ["ALTER TABLE items ALTER COLUMN sku TYPE varchar(9)", "it changes the type of a column of items"],
    ["ALTER TABLE items ADD CONSTRAINT c CHECK (sku <> '')", "it checks all rows of items under a lock"],
    ["ALTER TABLE items ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES b", "it checks all rows of items under a lock"],
    ["CREATE INDEX CONCURRENTLY ON items (sku)", "an index cannot be made concurrently here"],
    ["LOCK TABLE items", "it locks a table by name"],
    ["DROP TABLE items", "it drops a table, view or schema: that is a contract"],
    ["ALTER TABLE items RENAME COLUMN sku TO code", "it renames what releases know by its old name"],
    ["ALTER TABLE items DROP COLUMN sku", "it drops the column sku of items"],
    ["ALTER TABEL items", "it is not valid SQL: syntax error"],
  ])("warns of %s", async (sql, message) => {
    expect(await lint(`-- Kind: expand\n${sql};`)).toEqual([expect.stringContaining(`V9__x.sql: ${message}`)]);
  });

  it("lets a contract take things away, and a constraint wait for its validation", async () => {
    expect(await lint("-- Kind: contract\nDROP TABLE items;")).toEqual([]);
    expect(await lint("-- Kind: expand\nALTER TABLE items ADD CONSTRAINT c CHECK (sku <> '') NOT VALID;")).toEqual([]);
  });

  it("does not believe an undo that says it is lossless and drops something", async () => {
    expect(await lint("-- Kind: expand\nSELECT 1;", "-- Lossless: yes\nDROP TABLE a;")).toEqual([expect.stringContaining("U9__x.sql: it says that it is lossless, but it drops a table")]);
  });

  it("asks for an undo and a kind", async () => {
    expect((await lintMigrations(new Map([["V9__x.sql", "SELECT 1;"]]))).map(({ message }) => message)).toEqual([expect.stringContaining("the header must say"), "its undo U9__x.sql is missing"]);
  });

  it("has nothing to say about the product's own migrations", async () => {
    expect(await lintMigrations(await readSources(join(import.meta.dirname, "..", "..", "migrations")))).toEqual([]);
  });

  it("names a file that was edited after a release applied it", async () => {
    const sources = await readSources(join(import.meta.dirname, "..", "..", "migrations"));
    const recorded = [{ version: "0.0.1", kind: "expand" as const, after: null, lossless: true, loses: "", checksum: "other", undoChecksum: "" }];
    expect(editedMigrations(sources, recorded)).toEqual([{ file: "V0.0.1__enable_extensions.sql", message: expect.stringContaining("it was edited after a release applied it") }]);
  });
});
