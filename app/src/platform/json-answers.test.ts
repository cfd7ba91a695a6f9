import { once } from "node:events";
import { createServer, type IncomingMessage, request as send, type Server } from "node:http";
import { gunzipSync } from "node:zlib";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "@jest/globals";
import express from "express";
import { JsonAnswers } from "./json-answers.ts";

const large = JSON.stringify({ values: Array.from({ length: 500 }, (_, index) => index) });
let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** What a caller with this Accept-Encoding is sent for each text, one after the other. */
async function sent(answers: JsonAnswers, encoding: string, texts: readonly string[]): Promise<{ encoding: string | undefined; vary: string | undefined; body: Buffer }[]> {
  const app = express();
  app.get("/:index", (request, response) => answers.send(request, response, texts[Number(request.params.index)] ?? ""));
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const received = [];
  for (const index of texts.keys()) {
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
    const [first, second] = await sent(new JsonAnswers(settings), "gzip, br", [large, large]);
    expect(first).toMatchObject({ encoding: "gzip", vary: "Accept-Encoding" });
    expect(gunzipSync(first?.body ?? "").toString()).toBe(large);
    expect(second).toEqual(first);
  });

  it("stay as they are for others, when they are small and when compression is off", async () => {
    for (const [answers, encoding, text] of [
      [new JsonAnswers(settings), "", large],
      [new JsonAnswers(settings), "gzip;q=0", large],
      [new JsonAnswers(settings), "gzip", "{}"],
      [new JsonAnswers({ ...settings, enabled: false }), "gzip", large],
    ] as const) {
      const [answer] = await sent(answers, encoding, [text]);
      expect([answer?.encoding, answer?.body.toString()]).toEqual([undefined, text]);
    }
  });

  it("are right too when more of them come than are kept", async () => {
    const texts = Array.from({ length: 20 }, (_, index) => JSON.stringify({ index, large }));
    const answers = await sent(new JsonAnswers(settings, 3 * large.length), "gzip", [...texts, ...texts]);
    expect(answers.map(({ body }) => gunzipSync(body).toString())).toEqual([...texts, ...texts]);
  });
});
