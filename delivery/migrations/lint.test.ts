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
    ["CREATE INDEX ON items (sku)", "it makes an index on items"],
    ["ALTER TABLE items ALTER COLUMN sku SET NOT NULL", "it looks for an empty sku in all rows of items under a lock"],
    ["ALTER TABLE items ADD CONSTRAINT c UNIQUE (sku)", "it makes the index of a constraint of items"],
    ["ALTER TABLE items ADD PRIMARY KEY (sku)", "it makes the index of a constraint of items"],
    ["ALTER TABLE items ADD COLUMN a text UNIQUE", "it makes the index of a constraint of items"],
    ["ALTER TABLE items ADD COLUMN a text CHECK (a <> '')", "it checks all rows of items under a lock"],
    ["ALTER TABLE items ADD COLUMN a uuid DEFAULT gen_random_uuid()", "it adds a column with a value of its own for each row to items"],
    ["ALTER TABLE items ADD COLUMN a text DEFAULT 'a' || random()::text", "it adds a column with a value of its own for each row to items"],
    ["ALTER TABLE items ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY", "it adds a column with a value of its own for each row to items"],
    ["ALTER TABLE items ADD COLUMN a bigserial", "it adds a column with a value of its own for each row to items"],
    ["UPDATE items SET sku = lower(sku)", "it changes every row of items at once"],
  ])("warns of %s", async (sql, message) => {
    expect(await lint(`-- Kind: expand\n${sql};`)).toEqual([expect.stringContaining(`V9__x.sql: ${message}`)]);
  });

  it("lets a contract take things away, and a constraint wait for its validation", async () => {
    expect(await lint("-- Kind: contract\nDROP TABLE items;")).toEqual([]);
    expect(await lint("-- Kind: expand\nALTER TABLE items ADD CONSTRAINT c CHECK (sku <> '') NOT VALID;")).toEqual([]);
  });

  it.each([
    ["a column with a default that all rows share", "ALTER TABLE items ADD COLUMN a timestamptz NOT NULL DEFAULT now(), ADD COLUMN b int DEFAULT 1 + 1"],
    ["SET NOT NULL after a validated check", "ALTER TABLE items VALIDATE CONSTRAINT sku_is_there; ALTER TABLE items ALTER COLUMN sku SET NOT NULL"],
    ["a constraint of an index that is there", "ALTER TABLE items ADD CONSTRAINT c UNIQUE USING INDEX i"],
    ["a change of some rows", "UPDATE items SET sku = lower(sku) WHERE sku <> lower(sku)"],
  ])("lets %s pass", async (_what, sql) => {
    expect(await lint(`-- Kind: expand\n${sql};`)).toEqual([]);
  });

  it("lets a long lock pass that somebody gave a reason for, on that table alone", async () => {
    const locks = "CREATE INDEX ON items (sku); CREATE INDEX ON demand_history (demand_date);";
    expect(await lint(`-- Kind: expand\n-- Lint: allow long locks on items because it has a thousand rows at most.\n${locks}`)).toEqual([expect.stringContaining("it makes an index on demand_history")]);
    expect(await lint(`-- Kind: expand\n-- Lint: allow long locks on items because\n${locks}`)).toHaveLength(2);
  });

  it("does not let anything else pass with a reason, nor a reason without a lock", async () => {
    expect(await lint("-- Kind: expand\n-- Lint: allow long locks on items because it is small.\nALTER TABLE items DROP COLUMN sku;")).toEqual([expect.stringContaining("it drops the column sku of items"), expect.stringContaining("it allows long locks on items, where it holds none")]);
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
