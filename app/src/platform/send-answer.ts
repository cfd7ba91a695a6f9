import type { Request, Response } from "express";
import type { Answer } from "./answer.ts";

/** When answers are compressed. */
export interface CompressionSettings {
  readonly enabled: boolean;
  readonly thresholdBytes: number;
}

/** Sends an answer as it is, or compressed to whoever takes it so; other encodings than gzip are left to the middleware. */
export async function sendAnswer(request: Request, response: Response, answer: Answer, { enabled, thresholdBytes }: CompressionSettings): Promise<void> {
  response.type("application/json");
  if (!enabled || answer.text.length < thresholdBytes || request.acceptsEncodings("gzip") === false) {
    response.send(answer.text);
    return;
  }
  response.vary("Accept-Encoding").set("Content-Encoding", "gzip").send(await answer.compressed());
}
