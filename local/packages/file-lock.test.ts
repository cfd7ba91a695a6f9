import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { withFileLock } from "./file-lock.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "file-lock-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("a file lock", () => {
  it("lets one in after the other, also after a failure", async () => {
    const lock = join(directory, "lock");
    const events: string[] = [];
    const turn = (name: string, fails: boolean) =>
      withFileLock(lock, async () => {
        events.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${name} out`);
        if (fails) throw new Error(name);
      });
    await Promise.allSettled([turn("a", true), turn("b", false), turn("c", false)]);
    expect(events.map((event) => event.split(" ")[1])).toEqual(["in", "out", "in", "out", "in", "out"]);
  });

  it("is free again when the process that held it was killed", async () => {
    const lock = join(directory, "lock");
    const module = join(import.meta.dirname, "file-lock.ts");
    const program = `const { withFileLock } = await import(${JSON.stringify(module)});
      await withFileLock(${JSON.stringify(lock)}, () => { console.log("held"); return new Promise((done) => setTimeout(done, 600000)); });`;
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    holder.kill("SIGKILL");
    await expect(withFileLock(lock, () => Promise.resolve("free"))).resolves.toBe("free");
  });
});
