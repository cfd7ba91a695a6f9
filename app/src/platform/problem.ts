import type { ErrorRequestHandler, RequestHandler } from "express";
import pg from "pg";
import { isConnectionError } from "./connection-error.ts";
import { AppError, NotFoundError, UnavailableError } from "./errors.ts";
import type { Log } from "./log.ts";
import { requestIdOf } from "./request-id.ts";
import { fieldOf, messageOf } from "./thrown.ts";

/** Answers for paths and methods that no route takes. */
export const refuseUnknownRoutes: RequestHandler = (request) => {
  throw new NotFoundError(`There is no ${request.method} ${request.path}.`);
};

/** The one place that turns errors into answers: application/problem+json (RFC 9457) with the request's id. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = asAppError(error);
    if (problem.status >= 500) log.error({ err: error, requestId: requestIdOf(response), path: request.path }, problem.message);
    if (response.headersSent) {
      next(error);
      return;
    }
    // What is left of an upload that is refused is not read: the connection cannot be used again.
    if (!request.complete) response.set("Connection", "close");
    response
      .status(problem.status)
      .type("application/problem+json")
      .send(JSON.stringify(problemOf(problem, requestIdOf(response))));
  };
}

/** What stands in application/problem+json about an error. */
export function problemOf({ title, status, message, details }: AppError, requestId: string | undefined): object {
  return { type: "about:blank", title, status, detail: message, ...details, requestId };
}

/** What a caller may learn of anything that was thrown: foreseen errors as they are, the others without their reasons. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isConnectionError(error)) return new UnavailableError("The database does not answer.", error);
  if (isUnreadableValue(error)) return new AppError(400, "Invalid request", "The request has a value that the database cannot read: a character that cannot be stored, or a number, a date or an id that is none.", { cause: error });
  // Express and its parsers mark what the caller did wrong with a 4xx status.
  const status = fieldOf(error, "status");
  if (typeof status === "number" && status >= 400 && status < 500) return new AppError(status, "Invalid request", messageOf(error), { cause: error });
  return new AppError(500, "Internal error", "The service failed to answer; the log has the reason under the request's id.", { cause: error });
}

/** What a schema should have refused: the SQLSTATEs of values that are no text, number, date or time, or one out of range. */
const unreadable: ReadonlySet<string | undefined> = new Set(["22021", "22P02", "22007", "22008"]);

function isUnreadableValue(error: unknown): boolean {
  return error instanceof pg.DatabaseError && unreadable.has(error.code);
}
