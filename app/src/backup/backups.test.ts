import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backups } from "./backups.ts";
import { DirectoryStore } from "./directory-store.ts";

const now = new Date("2026-03-31T00:00:00Z");
const stamp = (daysAgo: number) => `${new Date(now.getTime() - daysAgo * 86_400_000).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
const nameOf = (daysAgo: number) => `forecast-${stamp(daysAgo)}`;

describe("what a store of backups holds", () => {
  let directory: string;
  let backups: Backups;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "backups-"));
    // Nothing here asks a database.
    backups = new Backups({ administration: { connection: { database: "forecast" }, owner: "", app: "" }, store: new DirectoryStore(directory), key: "", migrations: "", now: () => now });
  });
  afterEach(() => rm(directory, { recursive: true }));

  const archive = async (name: string) => writeFile(join(directory, `${name}.age`), "archive");
  const manifest = (name: string, daysAgo: number) => ({ name, createdAt: new Date(now.getTime() - daysAgo * 86_400_000).toISOString(), bytes: 7, sha256: "", schemaVersion: "0.0.1", rows: 0, checked: null });
  const store = async (daysAgo: number, content: string | object = manifest(nameOf(daysAgo), daysAgo)) => {
    await archive(nameOf(daysAgo));
    await writeFile(join(directory, `${nameOf(daysAgo)}.json`), typeof content === "string" ? content : JSON.stringify(content));
  };

  it.each([
    ["is cut short", '{"name":'],
    ["is empty", ""],
    ["says nothing of a backup", "{}"],
    ["is another backup's", manifest(nameOf(9), 9)],
  ])("is told also where what is known of one %s: that one is damaged, and not chosen", async (_what, content) => {
    await store(2);
    await store(1, content);
    const { complete, damaged } = await backups.list();
    expect([complete.map(({ name }) => name), damaged]).toEqual([[nameOf(2)], [nameOf(1)]]);
    await expect(backups.restore(nameOf(1))).rejects.toMatchObject({ exitCode: 65, message: expect.stringContaining(`The backup ${nameOf(1)} is damaged: ${nameOf(1)}.json in`) });
  });

  it("is no backup when every one of them is damaged, and they are named", async () => {
    await store(1, "");
    await expect(backups.verify()).rejects.toThrow(`that is not damaged (${nameOf(1)}).`);
  });

  it("loses what is kept longer than wanted, and nothing else", async () => {
    for (const daysAgo of [1, 20, 30]) await store(daysAgo);
    await store(25, "");
    await archive(nameOf(21));
    await archive(nameOf(2));
    await writeFile(join(directory, "notes.txt"), "of somebody else");
    const { removed, remains } = await backups.prune({ keepDays: 14, keepNewest: 1 });
    expect([removed.map(({ name }) => name), remains]).toEqual([[nameOf(20), nameOf(30)], [nameOf(25), nameOf(21)]]);
    expect((await readdir(directory)).sort()).toEqual([`${nameOf(2)}.age`, `${nameOf(1)}.age`, `${nameOf(1)}.json`, "notes.txt"].sort());
  });

  it("keeps what is left of an old backup while there is no newer one that is complete", async () => {
    await store(40);
    await archive(nameOf(30));
    await store(20, "");
    expect(await backups.prune({ keepDays: 14, keepNewest: 1 })).toEqual({ removed: [], remains: [] });
    expect(await readdir(directory)).toHaveLength(5);
  });
});
