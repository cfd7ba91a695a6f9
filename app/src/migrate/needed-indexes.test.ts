import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { migrationsDirectory } from "../test-support/test-database.ts";
import { neededIndexes } from "./needed-indexes.ts";

it("needed indexes are defined as their migrations make them", () => {
  const schema = readFileSync(join(migrationsDirectory, "schema.sql"), "utf8");
  expect(neededIndexes.filter(({ name, definition }) => !schema.includes(`CREATE INDEX ${name} ${definition}\n`))).toEqual([]);
});
