import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import { publicRoute, type Route } from "../platform/route.ts";
import { describeApi } from "./openapi.ts";

/** Files of the page, by the name that it asks for them, with their types. */
const assets = {
  "swagger-ui.css": "text/css",
  "swagger-ui-bundle.js": "text/javascript",
  "favicon-32x32.png": "image/png",
} as const;
const assetNames = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"] as const satisfies readonly (keyof typeof assets)[];

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Forecast service API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;
const start = 'SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#page", deepLinking: true, tryItOutEnabled: true });\n';

/** The page runs its own files only and talks to this service only; its style sheet has pictures in data URLs, and it sets styles of elements. */
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The routes, with those that describe them: `GET /api/openapi.json` and
 * `GET /api/docs`, a page to read and try them. They hold no data, so that
 * nobody needs a token to learn how to get one.
 */
export function withDocumentation(routes: readonly Route[], version: string): Route[] {
  let document: string | undefined;
  const all: Route[] = [
    ...routes,
    publicRoute({
      method: "get",
      path: "/api/openapi.json",
      tag: "api",
      summary: "Describe the API as an OpenAPI 3.1 document.",
      answers: { 200: { description: "The document.", schema: z.record(z.string(), z.unknown()) } },
      handle: ({ response }) => response.type("application/json").send((document ??= JSON.stringify(describeApi(all, version)))),
    }),
    publicRoute({
      method: "get",
      path: "/api/docs",
      tag: "api",
      summary: "Show the API on a page where it can be tried.",
      answers: { 200: { description: "The page.", contentType: "text/html" } },
      handle: ({ response }) => response.set("Content-Security-Policy", pagePolicy).type("text/html").send(page),
    }),
    publicRoute({
      method: "get",
      path: "/api/docs/start.js",
      tag: "api",
      summary: "Give the script that starts the page.",
      answers: { 200: { description: "The script.", contentType: "text/javascript" } },
      handle: ({ response }) => response.type("text/javascript").send(start),
    }),
    publicRoute({
      method: "get",
      path: "/api/docs/:asset",
      tag: "api",
      summary: "Give a file of the page.",
      params: z.object({ asset: z.enum(assetNames, `must be one of ${assetNames.join(", ")}`) }),
      answers: { 200: { description: "The file.", contentType: "application/octet-stream" } },
      handle: async ({ params: { asset }, response }) => {
        const file = await readFile(join(assetsDirectory(), asset));
        // The files change with a release only.
        response.set("Cache-Control", "public, max-age=3600").type(assets[asset]).send(file);
      },
    }),
  ];
  return all;
}

/** Beside the bundle, or in the package. */
function assetsDirectory(): string {
  const bundled = join(import.meta.dirname, "swagger-ui");
  return existsSync(bundled) ? bundled : dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
}
