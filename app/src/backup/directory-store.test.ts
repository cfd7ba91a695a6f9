import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { eventually } from "../test-support/eventually.ts";
import { DirectoryStore } from "./directory-store.ts";

describe("backups in a directory", () => {
  let directory: string;
  let store: DirectoryStore;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "backups-"));
    store = new DirectoryStore(directory);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("are written by several at once, also under one name, and nobody sees a half of one", async () => {
    const slow = new PassThrough();
    const first = store.put("a.age", slow);
    slow.write("first, ");
    await eventually(async () => expect(await readdir(directory)).toHaveLength(1));
    await store.put("b.age", Readable.from(["second"]));
    await store.put("a.age", Readable.from(["third"]));
    expect(await store.list()).toEqual(["a.age", "b.age"]);
    slow.end("whole");
    await first;
    expect(await text(await store.get("a.age"))).toBe("first, whole");
    expect(await readdir(directory)).toEqual(["a.age", "b.age"]);
  });

  it("that were never finished go with the next one, once nobody can be at work on them", async () => {
    const left = join(directory, "old.age.x.unfinished");
    const atWork = join(directory, "new.age.y.unfinished");
    for (const file of [left, atWork]) await writeFile(file, "half");
    const threeHoursAgo = new Date(Date.now() - 3 * 3_600_000);
    await utimes(left, threeHoursAgo, threeHoursAgo);
    await store.put("a.age", Readable.from(["whole"]));
    expect((await readdir(directory)).sort()).toEqual(["a.age", "new.age.y.unfinished"]);
  });
});
