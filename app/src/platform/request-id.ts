import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";

/** A caller's own id is taken over when it is short and plain, so that it cannot forge log lines. */
const acceptable = /^[\w.-]{1,64}$/;

/** Gives every request an id, which is in its response's X-Request-Id, its log record and its problem document. */
export const assignRequestId: RequestHandler = (request, response, next) => {
  const given = request.get("x-request-id");
  const requestId = given !== undefined && acceptable.test(given) ? given : randomUUID();
  response.locals["requestId"] = requestId;
  response.set("X-Request-Id", requestId);
  next();
};

export function requestIdOf(response: Response): string {
  return String(response.locals["requestId"]);
}
