import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { dashboardFiles, type DashboardJson } from "../dashboard-json.ts";
import { grafanaVersion, importDashboard, prometheusBehind } from "./grafana-api.ts";

const [dashboard] = [...dashboardFiles().values()] as [DashboardJson];

/** What arrived, and what is answered by route: the other side of Grafana's HTTP API as it is documented. */
describe("the import into a Grafana", () => {
  let server: Server;
  let url: string;
  let received: { route: string; token: string | undefined; body: string }[];
  let answers: Record<string, [number, string]>;

  beforeEach(async () => {
    received = [];
    answers = {
      "GET /api/health": [200, '{"database":"ok","version":"12.1.0"}'],
      "GET /api/datasources/uid/prometheus": [200, '{"uid":"prometheus","type":"prometheus"}'],
      "POST /api/dashboards/db": [200, '{"status":"success"}'],
      [`GET /api/dashboards/uid/${dashboard.uid}`]: [200, JSON.stringify({ dashboard })],
    };
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const route = `${request.method ?? ""} ${request.url ?? ""}`;
        received.push({ route, token: request.headers.authorization, body });
        const [status, text] = answers[route] ?? [404, '{"message":"Not found"}'];
        response.writeHead(status).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.close();
  });

  it("sends the dashboard as it is provisioned, in place of the one with its uid", async () => {
    await importDashboard({ url, token: "secret" }, dashboard);
    const sent = received.find(({ route }) => route === "POST /api/dashboards/db");
    expect(sent?.token).toBe("Bearer secret");
    expect(JSON.parse(sent?.body ?? "")).toMatchObject({ dashboard: { ...dashboard, id: null }, overwrite: true });
  });

  it("is an error with Grafana's reason when it refuses, as it does with dashboards that files provide", async () => {
    answers["POST /api/dashboards/db"] = [400, '{"message":"Cannot save provisioned dashboard"}'];
    await expect(importDashboard({ url, token: "secret" }, dashboard)).rejects.toThrow("answered with 400: Cannot save provisioned dashboard");
  });

  it("is an error when Grafana keeps less than it was sent", async () => {
    answers[`GET /api/dashboards/uid/${dashboard.uid}`] = [200, JSON.stringify({ dashboard: { ...dashboard, panels: [] } })];
    await expect(importDashboard({ url, token: "secret" }, dashboard)).rejects.toThrow("kept 0 of the");
  });

  it("needs the data source that the panels ask, and says under which uid", async () => {
    delete answers["GET /api/datasources/uid/prometheus"];
    await expect(grafanaVersion({ url, token: "secret" })).rejects.toThrow('has no Prometheus with the uid "prometheus"');
  });

  it("says that a login page answers instead of Grafana", async () => {
    answers["GET /api/health"] = [200, "<html>Sign in</html>"];
    await expect(grafanaVersion({ url, token: "secret" })).rejects.toThrow("does not answer as Grafana does (HTTP 200): <html>");
  });

  it("asks Prometheus the way that Grafana's panels do", () => {
    expect(prometheusBehind({ url: "https://grafana.example", token: "secret" })).toEqual({ url: "https://grafana.example/api/datasources/proxy/uid/prometheus", headers: { authorization: "Bearer secret" } });
  });
});
