// Keeps the last notifications of Alertmanager in memory, so that a drill can see what arrives where no people are told.
import { createServer } from "node:http";

const MOST_MESSAGES = 500;
const MOST_BYTES = 1_048_576;

/** @type {{ number: number, receivedAt: string, message: unknown }[]} */
const messages = [];
let count = 0;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://inbox");
  const answer = (/** @type {number} */ status, /** @type {object} */ body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.method === "GET" && url.pathname === "/healthz") return answer(200, { status: "ok" });
  if (request.method === "GET" && url.pathname === "/messages") return answer(200, { newest: count, messages: messages.filter(({ number }) => number > Number(url.searchParams.get("after") ?? 0)) });
  if (request.method !== "POST" || url.pathname !== "/messages") return answer(404, { error: "There are GET /healthz, GET /messages?after=<number> and POST /messages." });
  let body = "";
  request.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    body += text;
    if (body.length > MOST_BYTES) request.destroy();
  });
  return request.on("end", () => {
    try {
      messages.push({ number: count + 1, receivedAt: new Date().toISOString(), message: JSON.parse(body) });
    } catch {
      answer(400, { error: "The message must be JSON." });
      return;
    }
    count += 1;
    if (messages.length > MOST_MESSAGES) messages.shift();
    answer(200, { number: count });
  });
});
server.listen(Number(process.env["PORT"] ?? 8080));
process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
