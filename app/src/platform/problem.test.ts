import { describe, expect, it } from "@jest/globals";
import pg from "pg";
import { asAppError } from "./problem.ts";

const ofPostgres = (code: string) => Object.assign(new pg.DatabaseError("of the database", 1, "error"), { code });

describe("an error of the database", () => {
  it.each([
    ["a character that it cannot store", "22021"],
    ["a text that is no number or id", "22P02"],
    ["a text that is no date", "22007"],
    ["a date that it does not have", "22008"],
  ])("is the caller's when it is about %s", (_, code) => {
    const { status, message } = asAppError(ofPostgres(code));
    expect([status, message]).toEqual([400, expect.stringContaining("has a value that the database cannot read")]);
  });

  it("is the service's own, without its words, when it is about anything else", () => {
    const { status, message } = asAppError(ofPostgres("42P01"));
    expect([status, message]).toEqual([500, expect.not.stringContaining("of the database")]);
  });
});
