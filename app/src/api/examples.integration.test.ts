import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { loadSample } from "../../sample/load-sample.ts";
import { valueOrUndefined } from "../platform/json-text.ts";
import type { ApiDocument } from "../test-support/every-operation.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

const page = await readFile(join(import.meta.dirname, "../../../docs/api.md"), "utf8");
/** The commands of the page's fences; a backslash at the end of a line continues one. */
const commands = [...page.matchAll(/^```\n(curl [\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.replaceAll("\\\n", " ").trim().split("\n"));
/** As the page says, its examples leave the token out. A refused request ends curl with an error. */
const shell = 'curl() { command curl --fail-with-body -H "Authorization: Bearer $TOKEN" "$@"; }';

describe("the page about the API", () => {
  let server: TestServer;
  let app: TestService;
  let directory: string;
  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase());
    await loadSample(`http://127.0.0.1:${app.service.port}`, SERVICE_TOKEN, 3);
    await app.run();
    await app.send("POST", "/api/auth/users", { json: { email: "ann@example.com", password: "her own long password", role: "staff" } });
    directory = await mkdtemp(join(tmpdir(), "examples-"));
    await writeFile(join(directory, "demand.csv"), "sku,date,quantity\nSKU-0001,2024-07-01,4\n");
  }, 90_000);
  afterAll(async () => {
    await rm(directory, { recursive: true });
    await app.stop();
    await server.remove();
  });

  it("has examples", () => {
    expect(commands.length).toBeGreaterThanOrEqual(8);
  });

  it.each(commands)("has an example that works: %s", async (command) => {
    const environment = { PATH: process.env["PATH"] ?? "", URL: `http://127.0.0.1:${app.service.port}`, TOKEN: SERVICE_TOKEN };
    const { stdout } = await promisify(execFile)("bash", ["-c", `${shell}; ${command}`], { cwd: directory, env: environment });
    if (command.includes(" -o ")) expect((await readFile(join(directory, "demand.csv"), "utf8")).split("\n").length).toBeGreaterThan(100);
    else expect(valueOrUndefined(stdout)).toBeDefined();
    expect(stdout).not.toContain('"errors":[{');
  });

  it("names no route that is not there", async () => {
    const { paths } = (await app.get("/api/openapi.json")).body as unknown as ApiDocument;
    const known = Object.keys(paths).map((path) => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`));
    const named = [...page.replaceAll("$URL", "").matchAll(/(?<![\w.])\/(?:api|graphql)[\w/.-]*/g)].map(([path]) => path.replace("/KIND/", "/items/"));
    expect(named.length).toBeGreaterThan(20);
    for (const path of new Set(named)) expect([path, path === "/api" || known.some((pattern) => pattern.test(path))]).toEqual([path, true]);
  });
});
