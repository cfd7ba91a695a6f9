import { describe, expect, it } from "@jest/globals";
import { decodeCursor, encodeCursor, toPage } from "./pagination.ts";

describe("pagination", () => {
  it("gives a cursor only when there is more", () => {
    expect(toPage(["a", "b"], 2, (row) => [row])).toEqual({ rows: ["a", "b"], nextCursor: null });
    const { rows, nextCursor } = toPage(["a", "b", "c"], 2, (row) => [row]);
    expect(rows).toEqual(["a", "b"]);
    expect(decodeCursor(nextCursor ?? "", 1)).toEqual(["b"]);
  });

  it("survives every character in a position", () => {
    expect(decodeCursor(encodeCursor(["SKU \"ä\" 100%/ +", ""]), 2)).toEqual(["SKU \"ä\" 100%/ +", ""]);
  });

  it.each(["", "nonsense", encodeCursor(["a"]), Buffer.from('[1,"a"]').toString("base64url"), Buffer.from("{}").toString("base64url")])("refuses %j where a cursor of two parts is due", (cursor) => {
    expect(() => decodeCursor(cursor, 2)).toThrow("cursor is not one that this list gave");
  });

  it("refuses a position that no row can have, and the database cannot read", () => {
    expect(() => decodeCursor(encodeCursor(["a", "b\u0000"]), 2)).toThrow("cursor is not one that this list gave");
  });
});
