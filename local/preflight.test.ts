import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createServer, type Server } from "node:net";
import { isAtLeast, preflight, versionIn } from "./preflight.mjs";

describe("the look at the machine", () => {
  const before = { ...process.env };
  let blocker: Server | undefined;

  beforeEach(() => {
    // A home without a cluster: the ports are then expected to be free.
    process.env["FORECAST_STACK_HOME"] = "/nonexistent/forecast-stack";
  });
  afterEach(() => {
    process.env = { ...before };
    blocker?.close();
    blocker = undefined;
  });

  it("names a port that another program has, and how to find that program", async () => {
    blocker = await listenOn(20281);
    expect(await preflight({ context: false, toolchainReady: true })).toContain(
      "Port 20281 on 127.0.0.1 is in use by another program: stop it (ss -ltnp 'sport = :20281' names it) and run the command again.",
    );
  });

  it("asks for Go only when something has to be compiled", async () => {
    process.env["PATH"] = "/nonexistent";
    const goProblem = expect.stringContaining("Go is not installed") as unknown as string;
    expect(await preflight({ context: false, toolchainReady: false })).toContainEqual(goProblem);
    expect(await preflight({ context: false, toolchainReady: true })).not.toContainEqual(goProblem);
  });
});

it("takes Go 1.21 and newer, and not Debian's own 1.19", () => {
  const usable = ["go1.19.8", "go1.21.0", "go1.26.8", "go2.0"].map((text) => isAtLeast(versionIn(text) ?? [], [1, 21]));
  expect(usable).toEqual([false, true, true, true]);
});

async function listenOn(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(server)).listen(port, "127.0.0.1", () => resolve(server));
  });
}
