import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

interface Operation {
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Readonly<Record<string, unknown>>; readonly headers?: Readonly<Record<string, unknown>> }>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly parameters?: readonly { readonly name: string }[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, { readonly content: object; readonly headers: object }>>; readonly securitySchemes: object };
}

describe("the description of the API", () => {
  let server: TestServer;
  let app: TestService;
  let text: string;
  let document: Document;
  const fetchPublic = (path: string) => fetch(`http://127.0.0.1:${app.service.port}${path}`);
  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase(), "api");
    const response = await fetchPublic("/api/openapi.json");
    text = await response.text();
    document = JSON.parse(text) as Document;
  }, 90_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  it("is OpenAPI 3.1 without an error or a warning of the recommended rules", async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const found = await lintFromString({ source: text, config: await createConfig({ extends: ["recommended"] }) });
    expect(found.map(({ severity, ruleId, message, location }) => `${severity} ${ruleId}: ${message} at ${location.map(({ pointer }) => pointer).join(", ")}`)).toEqual([]);
  }, 60_000);

  it("says for each route who may use it, and that errors are problem details", () => {
    expect(document.components.securitySchemes).toEqual({ bearer: expect.objectContaining({ type: "http", scheme: "bearer" }) });
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { security, responses }] of Object.entries(operations)) {
        expect([method, path, responses["4XX"], responses["5XX"]]).toEqual([method, path, { $ref: "#/components/responses/Refused" }, { $ref: "#/components/responses/Failed" }]);
        if (security.length > 0) expect(responses).toMatchObject({ 401: { $ref: "#/components/responses/Unauthorized" }, 403: { $ref: "#/components/responses/Forbidden" }, 429: { $ref: "#/components/responses/TooManyRequests" } });
      }
    }
    for (const response of Object.values(document.components.responses)) expect(Object.keys(response.content)).toEqual(["application/problem+json"]);
    expect(Object.keys(document.components.responses["TooManyRequests"]?.headers ?? {}).sort()).toEqual(["RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"]);
  });

  it("shows cursors of lists and uploads of CSV", () => {
    const list = document.paths["/api/items"]?.["get"];
    expect(list?.parameters?.map(({ name }) => name)).toEqual(expect.arrayContaining(["limit", "cursor"]));
    expect(list?.responses["200"]?.headers).toHaveProperty("RateLimit");
    expect(Object.keys(document.paths["/api/items/import"]?.["post"]?.requestBody?.content ?? {})).toEqual(["text/csv"]);
  });

  it("describes exactly the routes that answer", async () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        if (security.length === 0) continue;
        // Without a token a route that exists says so before it looks at anything else.
        const response = await fetch(`http://127.0.0.1:${app.service.port}${path.replace(/\{\w+\}/g, "x")}`, { method: method.toUpperCase() });
        expect([method, path, response.status]).toEqual([method, path, 401]);
        await response.arrayBuffer();
      }
    }
  });

  it("can be read and tried on a page that runs its own files only", async () => {
    const page = await fetchPublic("/api/docs");
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
    const files = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(files).toHaveLength(4);
    for (const path of files) {
      const file = await fetchPublic(path);
      expect([path, file.status]).toEqual([path, 200]);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
    expect((await fetchPublic("/api/docs/package.json")).status).toBe(400);
    // Other routes keep the strict policy.
    expect((await fetchPublic("/api/health")).headers.get("content-security-policy")).not.toBe(page.headers.get("content-security-policy"));
  });
});
