import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "@forecast-stack/alerts/test-support/alertmanager.ts";
import { freePort } from "@forecast-stack/alerts/test-support/free-port.ts";

describe("the inbox of alerts", () => {
  let child: ReturnType<typeof spawn>;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    child = spawn(process.execPath, [join(import.meta.dirname, "inbox.mjs")], { env: { PORT: String(port) }, stdio: "inherit" });
    await eventually(() => fetch(`${url}/healthz`));
  }, 60_000);
  afterAll(async () => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });
  const post = (body: string): Promise<Response> => fetch(`${url}/messages`, { method: "POST", body });
  const after = async (number: number) => (await (await fetch(`${url}/messages?after=${number}`)).json()) as { newest: number; messages: { number: number; message: object }[] };

  it("shows what arrived since a message, and forgets the oldest before it grows too large", async () => {
    for (let number = 1; number <= 501; number += 1) await post(JSON.stringify({ number }));
    const { newest, messages } = await after(0);
    expect([newest, messages.length, messages[0]?.message]).toEqual([501, 500, { number: 2 }]);
    expect((await after(500)).messages).toMatchObject([{ number: 501, message: { number: 501 } }]);
  }, 60_000);

  it("refuses what is no JSON and what is too large, and goes on", async () => {
    expect((await post("nonsense")).status).toBe(400);
    await expect(post(JSON.stringify("x".repeat(1_100_000)))).rejects.toThrow();
    expect((await post("{}")).status).toBe(200);
    expect((await fetch(url)).status).toBe(404);
  });
});
