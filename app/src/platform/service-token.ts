import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { UnauthorizedError } from "./errors.ts";

/** Lets a request pass that carries the service token as `Authorization: Bearer`. */
export function requireServiceToken(token: string): RequestHandler {
  const expected = digest(token);
  return (request, response, next) => {
    const given = /^Bearer (\S+)$/i.exec(request.get("authorization") ?? "")?.[1];
    // Digests have one length, so that comparing them takes the same time for every token.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      response.set("WWW-Authenticate", "Bearer");
      throw new UnauthorizedError(given === undefined ? "This route needs the service token as Authorization: Bearer." : "The service token is not the right one.");
    }
    next();
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
