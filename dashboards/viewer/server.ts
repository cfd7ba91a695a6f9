import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { dashboardFiles } from "../dashboard-json.ts";
import type { PageBundle } from "./bundle.ts";

const page = join(import.meta.dirname, "page", "index.html");
const runbooks = join(import.meta.dirname, "..", "..", "alerts", "runbooks");
/** Where Grafana's components look for their icons. */
const grafanaPublic = join(dirname(createRequire(import.meta.url).resolve("@grafana/ui/package.json")), "dist", "public");

const types: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".md": "text/plain; charset=utf-8" };

/** What a page may ask: reading, nothing else. */
const asked = /^\/prometheus(\/api\/v1\/(query|query_range|label\/\w+\/values))$/;

/**
 * The dashboards as Grafana would draw them, at `/d/<uid>`, for who looks from
 * this machine. Questions of the page are passed on to one Prometheus.
 *
 * @param prometheus its URL, before `/api/v1/`
 * @param bundle of bundlePage
 */
export function createViewer(prometheus: string, bundle: PageBundle): Server {
  const dashboards = JSON.stringify([...dashboardFiles().values()]);
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(502, { "content-type": "application/json" });
      response.end(JSON.stringify({ status: "error", error: `Prometheus at ${prometheus} does not answer: ${error instanceof Error ? error.message : String(error)}` }));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? "/", "http://viewer");
    const question = asked.exec(pathname)?.[1];
    const bundled = bundle.get(pathname.slice(1));
    if (request.method !== "GET") return void response.writeHead(405).end();
    if (question !== undefined) return passOn(prometheus + question + search, response);
    if (bundled !== undefined) return void response.writeHead(200, { "content-type": types[extname(pathname)] }).end(bundled);
    if (pathname === "/dashboards.json") return void response.writeHead(200, { "content-type": "application/json" }).end(dashboards);
    if (pathname.startsWith("/runbooks/")) return sendFile(runbooks, pathname.slice("/runbooks/".length), response);
    if (pathname.startsWith("/public/")) return sendFile(grafanaPublic, pathname.slice("/public/".length), response);
    if (pathname === "/" || pathname.startsWith("/d/")) return sendFile(dirname(page), "index.html", response);
    response.writeHead(404).end();
  }
}

async function passOn(url: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "application/json" }).end(body);
}

async function sendFile(folder: string, name: string, response: ServerResponse): Promise<void> {
  const file = normalize(join(folder, decodeURIComponent(name)));
  const type = types[extname(file)];
  if (!file.startsWith(folder + sep) || type === undefined) return void response.writeHead(404).end();
  try {
    await pipeline(createReadStream(file).once("open", () => response.writeHead(200, { "content-type": type })), response);
  } catch {
    if (!response.headersSent) response.writeHead(404).end();
  }
}
