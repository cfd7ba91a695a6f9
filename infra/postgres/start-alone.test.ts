import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAlone } from "./start-alone.ts";

const WAITS = "Another server still uses this volume; this one starts when that has ended.\n";

describe("startAlone", () => {
  let volume: string;
  let started: ChildProcess[];

  beforeEach(async () => {
    volume = await mkdtemp(join(tmpdir(), "volume-"));
    started = [];
  });
  afterEach(async () => {
    for (const child of started) child.kill("SIGKILL");
    await rm(volume, { recursive: true });
  });

  /** A server that says its argument and stays until its input ends. */
  const start = (name: string, entrypoint = "sh -c 'echo \"$1 serves\"; exec cat' sh") => {
    const [command = "", ...args] = startAlone(volume, entrypoint);
    const child = spawn(command, [...args, name], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    started.push(child);
    return child;
  };
  const said = async (stream: NodeJS.ReadableStream) => (await once(stream, "data")) as [string];

  it("starts the server with its arguments when nobody else has the volume", async () => {
    expect(await said(start("first").stdout)).toEqual(["first serves\n"]);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("waits until the server before it has ended by %s, and says so", async (signal) => {
    const first = start("first");
    await said(first.stdout);
    const second = start("second");
    expect(await said(second.stderr)).toEqual([WAITS]);
    const serves = said(second.stdout);
    first.kill(signal);
    expect(await serves).toEqual(["second serves\n"]);
  });

  it("waits for the last process of a server that left some behind", async () => {
    const first = start("first", "sh -c 'sleep 60 & echo $!; wait' sh");
    const [left] = await said(first.stdout);
    const second = start("second");
    await said(second.stderr);
    first.kill("SIGKILL");
    await once(first, "exit");
    expect(await said(second.stderr)).toEqual([WAITS]);
    const serves = said(second.stdout);
    process.kill(Number(left), "SIGKILL");
    expect(await serves).toEqual(["second serves\n"]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends at %s while it waits", async (signal) => {
    await said(start("first").stdout);
    const second = start("second");
    await said(second.stderr);
    second.kill(signal);
    expect(await once(second, "exit")).toEqual([143, null]);
  });

  it("does not start where there is no lock to be had", async () => {
    const [, ...args] = startAlone(join(volume, "missing"), "echo");
    const child = spawn("sh", args, { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [code] = (await once(child, "close")) as [number];
    expect([code === 0, output]).toEqual([false, ""]);
  });
});
