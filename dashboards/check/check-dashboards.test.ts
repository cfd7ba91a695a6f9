import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { dashboardFiles, type DashboardJson } from "../dashboard-json.ts";
import { checkDashboards } from "./check-dashboards.ts";

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** Something that listens and gives every question the same answer. */
async function listening(status: number, body: string): Promise<string> {
  server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function overview(): DashboardJson {
  const found = dashboardFiles().get("overview.json");
  if (found === undefined) throw new Error("There is no overview.");
  return found;
}

describe("the check of dashboards", () => {
  it("names every panel that Prometheus refuses, with Prometheus's reason", async () => {
    const url = await listening(400, '{"status":"error","errorType":"bad_data","error":"unknown function"}');
    const problems = await checkDashboards([overview()], "dev", { url });
    expect(problems).toContain("forecast-overview: Memory (A) is refused: unknown function");
    expect(problems.every((problem) => problem.endsWith("is refused: unknown function"))).toBe(true);
  });

  it("names what stays empty and the environment that is not offered", async () => {
    const url = await listening(200, '{"status":"success","data":{"resultType":"vector","result":[]}}');
    const problems = await checkDashboards([overview()], "dev", { url });
    expect(problems).toContain("forecast-overview: variable namespace does not offer dev, only nothing.");
    expect(problems).toContain("forecast-overview: Memory (A) has no value, and does not say that this is good.");
  });

  it("says that something else than Prometheus answers", async () => {
    const url = await listening(200, "<html>It works!</html>");
    expect((await checkDashboards([overview()], "dev", { url }))[0]).toContain("does not answer as Prometheus does (HTTP 200): <html>");
  });

  it("says that nothing answers", async () => {
    expect((await checkDashboards([overview()], "dev", { url: "http://127.0.0.1:1" }))[0]).toContain("No Prometheus answers at http://127.0.0.1:1");
  });
});
