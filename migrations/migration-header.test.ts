import { describe, expect, it } from "@jest/globals";
import { compareVersions, readMigrationHeader, readUndoHeader } from "./migration-header.ts";

describe("the header of a migration", () => {
  it("says what it is, and since when nobody needs what a contract takes away", () => {
    expect(readMigrationHeader("-- Kind: expand\nSELECT 1;")).toEqual({ kind: "expand", after: null });
    expect(readMigrationHeader("-- Kind: contract\n-- After: 0.0.12\nSELECT 1;")).toEqual({ kind: "contract", after: "0.0.12" });
  });

  it("is missing where the kind is", () => {
    expect(readMigrationHeader("-- Kind: other\nSELECT 1;")).toBeUndefined();
  });
});

describe("the header of an undo", () => {
  it("says when nothing is lost", () => {
    expect(readUndoHeader("-- Undoes V1__a.sql. Nothing goes.\n-- Lossless: yes\nDROP INDEX i;")).toEqual({ lossless: true, loses: "" });
  });

  it("names what goes, in the author's words or else as the statements do", () => {
    expect(readUndoHeader("-- Undoes V1__a.sql. Deletes all users.\nDROP TABLE users;").loses).toBe("Deletes all users.");
    expect(readUndoHeader("-- Undoes V1__a.sql. Deletes the\n-- variants.\nDROP TABLE v;").loses).toBe("Deletes the variants.");
    expect(readUndoHeader("DROP TABLE users;\nALTER TABLE items DROP COLUMN cost;").loses).toBe("Deletes table users, column cost.");
    expect(readUndoHeader("UPDATE items SET a = 1;")).toEqual({ lossless: false, loses: "what was changed since" });
  });
});

it("versions are ordered by their numbers", () => {
  expect(["0.0.10", "0.0.9", "0.1"].toSorted(compareVersions)).toEqual(["0.0.9", "0.0.10", "0.1"]);
});
