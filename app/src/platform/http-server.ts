import { createServer, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Express } from "express";
import { AppError } from "./errors.ts";
import { problemOf } from "./problem.ts";

/** Longer than the minute that load balancers keep an idle connection: who closes it first must not be the one that is sent requests. */
const KEEP_ALIVE_MS = 75_000;
/** The head of a request is small, however long its body takes. */
const HEAD_TIMEOUT_SECONDS = 60;
const LOOK_FOR_LATE_REQUESTS_MS = 5_000;

/** The server of a process. A request that cannot be read, or takes too long to arrive, is told so like any other error. */
export function createHttpServer(app: Express, requestTimeoutSeconds: number): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: requestTimeoutSeconds * 1_000, headersTimeout: Math.min(HEAD_TIMEOUT_SECONDS, requestTimeoutSeconds) * 1_000, connectionsCheckingInterval: LOOK_FOR_LATE_REQUESTS_MS }, app);
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.prependListener("request", (request, response) => answering.set(request.socket, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const latest = answering.get(socket);
    const response = latest?.writableFinished === false ? latest : undefined;
    // Into an answer that has begun, no other can be written.
    if (socket.writable && response?.headersSent !== true) socket.end(answerOf(refusalOf(error, requestTimeoutSeconds), response));
    else socket.destroy(error);
  });
  return server;
}

function refusalOf(error: NodeJS.ErrnoException, requestTimeoutSeconds: number): AppError {
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") return new AppError(408, "Request timeout", `The request did not arrive within ${requestTimeoutSeconds} s. Nothing of it was stored; send less at once, or raise REQUEST_TIMEOUT_SECONDS.`);
  if (error.code === "HPE_HEADER_OVERFLOW") return new AppError(431, "Request header fields too large", "The head of the request is too large.");
  return new AppError(400, "Invalid request", "This is not an HTTP request that can be read.");
}

function answerOf(problem: AppError, response: ServerResponse | undefined): string {
  const body = JSON.stringify(problemOf(problem, response?.getHeader("X-Request-Id")?.toString()));
  return [`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, "Content-Type: application/problem+json; charset=utf-8", `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close", "", body].join("\r\n");
}
