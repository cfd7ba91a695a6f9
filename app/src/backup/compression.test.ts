import { describe, expect, it } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { compress, decompress } from "./compression.ts";

/** The frame of nothing, which an archive that was ended twice has after its own. */
const EMPTY_FRAME = Buffer.from("28b52ffd2000010000", "hex");

describe("compression", () => {
  it("ends its frame once, however early the end comes, and is read however it is cut", async () => {
    const pieces = [...Array.from({ length: 8 }, () => randomBytes(1_000)), Buffer.from("-- end\n")];
    const plain = Buffer.concat(pieces);
    const compressed = await buffer(compress(Readable.from(pieces)));
    expect(compressed.subarray(-EMPTY_FRAME.length).equals(EMPTY_FRAME)).toBe(false);
    for (let cut = 1; cut < 20; cut += 1) {
      const halves = [compressed.subarray(0, -cut), compressed.subarray(-cut)];
      expect((await buffer(decompress(Readable.from(halves)))).equals(plain)).toBe(true);
    }
  });
});
