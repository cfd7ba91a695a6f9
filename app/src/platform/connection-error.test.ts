import { describe, expect, it } from "@jest/globals";
import pg from "pg";
import { isConnectionError } from "./connection-error.ts";

const withCode = (code: string) => Object.assign(new Error("x"), { code });
const ofPostgres = (code: string) => Object.assign(new pg.DatabaseError("x", 1, "error"), { code });

describe("isConnectionError", () => {
  it.each([
    ["a server that is shut down", ofPostgres("57P01")],
    ["a server that starts", ofPostgres("57P03")],
    ["a connection that Postgres gave up", ofPostgres("08006")],
    ["a port that nobody listens at", withCode("ECONNREFUSED")],
    ["a host that does not answer", withCode("ETIMEDOUT")],
    ["a name with several addresses", Object.assign(new Error("x"), { errors: [withCode("EHOSTUNREACH")] })],
    ["a connection that ends during a statement", new Error("Connection terminated unexpectedly")],
    ["a statement after that", new Error("Client has encountered a connection error and is not queryable")],
    ["a pool without a free connection", new Error("timeout exceeded when trying to connect")],
  ])("is true of %s", (_, error) => expect(isConnectionError(error)).toBe(true));

  it.each([
    ["a constraint", ofPostgres("23505")],
    ["a statement that was cancelled", ofPostgres("57014")],
    ["a full disk", withCode("ENOSPC")],
    ["anything else", new TypeError("x is undefined")],
    ["no error at all", undefined],
  ])("is false of %s", (_, error) => expect(isConnectionError(error)).toBe(false));
});
