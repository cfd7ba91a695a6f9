import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { FileBackend } from "./file-backend.ts";
import { packReleases, unpackReleases } from "./release-archive.ts";
import { NoHistoryError } from "./release-error.ts";
import { numberReleases } from "./update.ts";

const entry = { kind: "update", startTime: 1, endTime: 2, message: "m", environment: {}, config: {}, result: "succeeded", resourceChanges: { create: 1 } };
const checkpoint = (urn: string) => ({ version: 3, checkpoint: { stack: "organization/p/dev", latest: { manifest: { time: "now" }, resources: [{ urn, type: "pulumi:pulumi:Stack" }] } } });
const OURS = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "file-backend-"));
});
afterEach(() => rm(root, { recursive: true }));

const backend = (at = root) => new FileBackend(`file://${at}`, "p");

/** Writes one update the way Pulumi does, with its checksum beside it. */
async function write(id: string, { urn = OURS, gzip = false, damage = false } = {}): Promise<void> {
  const folder = join(root, ".pulumi", "history", "p", "dev");
  await mkdir(folder, { recursive: true });
  for (const [kind, content] of [["history", entry], ["checkpoint", checkpoint(urn)]] as const) {
    const text = Buffer.from(JSON.stringify(content));
    const bytes = gzip ? gzipSync(text) : text;
    const name = `dev-${id}.${kind}.json${gzip ? ".gz" : ""}`;
    await writeFile(join(folder, `${name}.attrs`), JSON.stringify({ md5: createHash("md5").update(bytes).digest("base64") }));
    await writeFile(join(folder, name), damage && kind === "checkpoint" ? Buffer.from(text.toString().replace("now", "won")) : bytes);
  }
}

describe("a file backend", () => {
  it("is read in the order of time, compressed or not", async () => {
    await write("10", { gzip: true });
    await write("9");
    expect((await backend().updates("dev")).map(({ id }) => id)).toEqual(["9", "10"]);
    expect((await backend().deployment("dev", "10")).deployment).toEqual((await backend().deployment("dev", "9")).deployment);
  });

  it.each<[string, Parameters<typeof write>[1], RegExp]>([
    ["was changed since it was written, though it can still be read", { damage: true }, /damaged: its checksum is not the one/],
    ["is of another project", { urn: "urn:pulumi:dev::other::pulumi:pulumi:Stack::other-dev" }, /of another stack or project/],
  ])("refuses a checkpoint that %s", async (_what, options, message) => {
    await write("1", options);
    await expect(backend().deployment("dev", "1")).rejects.toThrow(message);
  });

  it("marks an entry of the history that is damaged, by its file and time, and reads the others", async () => {
    await write("1");
    await write("1796000054000000000");
    await write("1796000055000000000");
    await writeFile(join(root, ".pulumi", "history", "p", "dev", "dev-1796000054000000000.history.json"), "{");
    const updates = numberReleases(await backend().updates("dev"));
    expect(updates.map(({ release, entry: { result } }) => [release, result])).toEqual([[1, "succeeded"], [null, "damaged"], [2, "succeeded"]]);
    expect(updates[1]?.entry).toMatchObject({ endTime: 1_796_000_054, message: expect.stringContaining("dev-1796000054000000000.history.json is damaged") });
  });

  it("tells a stack without a history from one whose history cannot be read", async () => {
    await write("1");
    await expect(backend().updates("other")).rejects.toThrow(NoHistoryError);
    await writeFile(join(root, ".pulumi", "history", "p", "file"), "");
    const unreadable = backend().updates("file");
    await expect(unreadable).rejects.toThrow("The history of the stack file cannot be read");
    await expect(unreadable).rejects.not.toBeInstanceOf(NoHistoryError);
  });

  it("names a checkpoint that is gone", async () => {
    await write("1");
    await rm(join(root, ".pulumi", "history", "p", "dev", "dev-1.checkpoint.json"));
    await expect(backend().deployment("dev", "1")).rejects.toThrow("is gone from the backend");
  });
});

describe("an archive of releases", () => {
  it("brings the same releases to another backend, once", async () => {
    await write("1", { gzip: true });
    await write("2");
    const elsewhere = join(root, "elsewhere");
    const archive = unpackReleases(packReleases({ project: "p", stack: "dev", files: await backend().files("dev") }));
    expect(await backend(elsewhere).add("dev", archive.files)).toBe(4);
    expect(await backend(elsewhere).add("dev", archive.files)).toBe(0);
    expect((await backend(elsewhere).updates("dev")).map(({ id }) => id)).toEqual(["1", "2"]);
    expect((await backend(elsewhere).deployment("dev", "1")).deployment).toEqual((await backend().deployment("dev", "1")).deployment);
  });

  it("is guarded by checksums in the other backend, too", async () => {
    await write("1");
    const elsewhere = join(root, "elsewhere");
    await backend(elsewhere).add("dev", await backend().files("dev"));
    const file = join(elsewhere, ".pulumi", "history", "p", "dev", "dev-1.checkpoint.json");
    await writeFile(file, (await readFile(file, "utf8")).replace("now", "won"));
    await expect(backend(elsewhere).deployment("dev", "1")).rejects.toThrow("damaged: its checksum is not the one");
  });

  it("is refused whole when the backend has something else under one of its names", async () => {
    await write("1");
    const files = new Map([["dev-1.history.json", Buffer.from("{}")], ["dev-2.history.json", Buffer.from(JSON.stringify(entry))]]);
    await expect(backend().add("dev", files)).rejects.toThrow("histories of two different stacks");
    expect(await backend().updates("dev")).toHaveLength(1);
  });

  it("is refused when it is damaged, something else, or would write elsewhere", () => {
    expect(() => unpackReleases(Buffer.from("not gzip"))).toThrow("no archive");
    const forged = (file: object) => gzipSync(JSON.stringify({ format: "forecast-stack releases 1", project: "p", stack: "dev", files: [file] }));
    expect(() => unpackReleases(forged({ name: "dev-1.history.json", sha256: "0", content: "{}" }))).toThrow("dev-1.history.json is not what was packed");
    expect(() => unpackReleases(forged({ name: "../dev-1.history.json", sha256: createHash("sha256").update("{}").digest("hex"), content: "{}" }))).toThrow("is not what was packed");
  });
});
