import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { dashboardFiles } from "../dashboard-json.ts";
import { bundlePage, type PageBundle } from "./bundle.ts";
import { createViewer } from "./server.ts";

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe("the viewer of the dashboards", () => {
  const asked: string[] = [];
  const prometheus = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(200, { "content-type": "application/json" }).end('{"status":"success","data":{"resultType":"vector","result":[]}}');
  });
  let bundle: PageBundle;
  let viewer: Server;
  let url: string;

  beforeAll(async () => {
    bundle = await bundlePage();
    viewer = createViewer(await listening(prometheus), bundle);
    url = await listening(viewer);
  }, 120_000);

  afterAll(() => {
    for (const server of [viewer, prometheus]) {
      server.close();
      server.closeAllConnections();
    }
  });

  it("serves the JSON that is provisioned, and the page that draws it", async () => {
    expect(await (await fetch(`${url}/dashboards.json`)).json()).toEqual([...dashboardFiles().values()]);
    expect(await (await fetch(`${url}/d/forecast-overview`)).text()).toContain('src="/main.js"');
    expect((await (await fetch(`${url}/main.js`)).text()).length).toBeGreaterThan(100_000);
    expect(await (await fetch(`${url}/main.css`)).text()).toContain(".uplot");
  });

  it("passes questions on to Prometheus, and nothing else", async () => {
    const answer = await fetch(`${url}/prometheus/api/v1/query?query=up`);
    expect(await answer.json()).toMatchObject({ status: "success" });
    for (const [method, route] of [["GET", "/prometheus/api/v1/status/config"], ["POST", "/prometheus/api/v1/query"], ["GET", "/prometheus/-/quit"]] as const) {
      expect((await fetch(url + route, { method })).ok).toBe(false);
    }
    expect(asked).toEqual(["/api/v1/query?query=up"]);
  });

  it("serves the runbooks that panels link to, and no other file of the machine", async () => {
    const linked = new Set([...dashboardFiles().values()].flatMap(({ panels }) => panels.flatMap(({ links = [] }) => links.map((link) => link.url ?? ""))));
    expect(linked.size).toBeGreaterThan(10);
    for (const link of linked) expect({ link, ok: (await fetch(url + link)).ok }).toEqual({ link, ok: true });
    for (const route of ["/runbooks/..%2f..%2fpackage.json", "/runbooks/%2e%2e%2fslo.ts", "/public/..%2f..%2fpackage.json", "/package.json"]) {
      expect({ route, status: (await fetch(url + route)).status }).toEqual({ route, status: 404 });
    }
  });

  it("tells the page that Prometheus is gone, in the words that the page shows", async () => {
    const gone = createViewer("http://127.0.0.1:1", bundle);
    const answer = await fetch(`${await listening(gone)}/prometheus/api/v1/query?query=up`);
    gone.close();
    expect(answer.status).toBe(502);
    expect(((await answer.json()) as { error: string }).error).toContain("Prometheus at http://127.0.0.1:1 does not answer");
  });
});
