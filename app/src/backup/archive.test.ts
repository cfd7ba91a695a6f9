import { describe, expect, it } from "@jest/globals";
import { Readable } from "node:stream";
import { ArchiveReader, headerLines } from "./archive.ts";

const header = { createdAt: "2026-01-01T00:00:00.000Z", schemaVersion: "0.0.9", migrations: [], contents: [], sequences: [] };
const text = `${headerLines(header)}COPY a (x) FROM stdin;\none\\n\ntwo\n\\.\nCOPY b (x) FROM stdin;\n\\.\n-- end\n`;
const inPieces = (size: number) => Readable.from(Array.from({ length: Math.ceil(text.length / size) }, (_, index) => Buffer.from(text.slice(index * size, (index + 1) * size))));

const readAll = async (source: AsyncIterable<Uint8Array>) => {
  const reader = new ArchiveReader(source);
  const read: unknown[] = [await reader.header()];
  for (let line = await reader.line(); line !== "-- end"; line = await reader.line()) {
    const rows: Buffer[] = [];
    for await (const piece of reader.rows()) rows.push(Buffer.from(piece));
    read.push([line, Buffer.concat(rows).toString()]);
  }
  return read;
};

describe("an archive", () => {
  it.each([1, 2, 3, 4, 5, 7, 64, 10_000])("is read alike in pieces of %i bytes", async (size) => {
    expect(await readAll(inPieces(size))).toEqual([header, ["COPY a (x) FROM stdin;", "one\\n\ntwo\n"], ["COPY b (x) FROM stdin;", ""]]);
  });

  it("that ends early is refused", async () => {
    await expect(readAll(Readable.from([Buffer.from(text.slice(0, -20))]))).rejects.toThrow("The backup ends in the middle; nothing was changed.");
  });

  it("of something else is refused", async () => {
    await expect(readAll(Readable.from([Buffer.from("PGDMP\nx\n")]))).rejects.toThrow("This is not a backup that this release can read");
  });
});
