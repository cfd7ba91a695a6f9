import { once } from "node:events";
import { createServer, type IncomingMessage, request as send, type Server } from "node:http";
import { gunzipSync } from "node:zlib";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "@jest/globals";
import express from "express";
import { Answer } from "./answer.ts";
import { type CompressionSettings, sendAnswer } from "./send-answer.ts";

const large = JSON.stringify({ values: Array.from({ length: 500 }, (_, index) => index) });
let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** What a caller with this Accept-Encoding is sent for each answer, one after the other. */
async function sent(settings: CompressionSettings, encoding: string, answers: readonly Answer[]): Promise<{ encoding: string | undefined; vary: string | undefined; body: Buffer }[]> {
  const app = express();
  app.get("/:index", (request, response) => sendAnswer(request, response, answers[Number(request.params.index)] ?? new Answer("", 0), settings));
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const received = [];
  for (const index of answers.keys()) {
    const [response] = (await once(send({ port, host: "127.0.0.1", path: `/${index}`, headers: encoding === "" ? {} : { "accept-encoding": encoding } }).end(), "response")) as [IncomingMessage];
    expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
    received.push({ encoding: response.headers["content-encoding"], vary: response.headers.vary, body: await buffer(response) });
  }
  server.close();
  return received;
}

describe("answers that are given again and again", () => {
  const settings = { enabled: true, thresholdBytes: 100 };

  it("reach whoever takes gzip compressed, the same each time", async () => {
    const answer = new Answer(large, 0);
    const [first, second] = await sent(settings, "gzip, br", [answer, answer]);
    expect(first).toMatchObject({ encoding: "gzip", vary: "Accept-Encoding" });
    expect(gunzipSync(first?.body ?? "").toString()).toBe(large);
    expect(second).toEqual(first);
    expect(await answer.compressed()).toBe(await answer.compressed());
  });

  it("stay as they are for others, when they are small and when compression is off", async () => {
    for (const [given, encoding, text] of [
      [settings, "", large],
      [settings, "gzip;q=0", large],
      [settings, "gzip", "{}"],
      [{ ...settings, enabled: false }, "gzip", large],
    ] as const) {
      const [answer] = await sent(given, encoding, [new Answer(text, 0)]);
      expect([answer?.encoding, answer?.body.toString()]).toEqual([undefined, text]);
    }
  });

  it("come back from where they are kept as they were", () => {
    expect(Answer.of(new Answer('"one\\nline"', 5).kept)).toEqual(new Answer('"one\\nline"', 5));
  });
});
