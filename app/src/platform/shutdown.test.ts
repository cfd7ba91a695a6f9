import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { closeServer } from "./shutdown.ts";

describe("closing a server", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** Seconds from SIGTERM until no more connections are taken, with a request each tenth of a second until a moment. */
  async function secondsServed(delayMs: number, url: string, askedForSeconds: number): Promise<number> {
    const server: Server = createServer();
    const taking = jest.spyOn(server, "close");
    const began = Date.now();
    const closed = closeServer(server, { delayMs, drainMs: 20_000 });
    while (taking.mock.calls.length === 0) {
      if (Date.now() - began < askedForSeconds * 1_000) server.emit("request", { url }, { setHeader: () => undefined });
      await jest.advanceTimersByTimeAsync(100);
    }
    const served = (Date.now() - began) / 1_000;
    await closed;
    return served;
  }

  it("serves for its delay when nobody asks", async () => {
    expect(await secondsServed(5_000, "/api/items", 0)).toBeCloseTo(5, 0);
  });

  it("serves for longer while requests come, until a second after the last one", async () => {
    expect(await secondsServed(5_000, "/api/items", 8)).toBeCloseTo(9, 0);
  });

  it("does not wait for ever for who does not heed the endpoints", async () => {
    expect(await secondsServed(5_000, "/api/items", 60)).toBeCloseTo(15, 0);
  });

  it("does not wait for probes and scrapes, which go to the pod itself and do not end", async () => {
    expect(await secondsServed(5_000, "/health/ready", 60)).toBeCloseTo(5, 0);
    expect(await secondsServed(5_000, "/metrics", 60)).toBeCloseTo(5, 0);
  });

  it("stops at once without a delay", async () => {
    expect(await secondsServed(0, "/api/items", 60)).toBeLessThan(0.5);
  });
});
