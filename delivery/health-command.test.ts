import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { healthCommand } from "./health-command.ts";
import { type FakePulumi, fakePulumi } from "./test-support/fake-pulumi.ts";

describe("the exit code of forecastctl health", () => {
  let pulumi: FakePulumi;
  let backend: string;
  let service: Server;
  let status: string;
  let said: string;
  const backendBefore = process.env["PULUMI_BACKEND_URL"];
  beforeEach(async () => {
    jest.spyOn(process.stdout, "write").mockReturnValue(true);
    said = "";
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      said += String(text);
      return true;
    });
    backend = await mkdtemp(join(tmpdir(), "health-"));
    await mkdir(join(backend, ".pulumi", "history", "forecast-stack", "dev"), { recursive: true });
    process.env["PULUMI_BACKEND_URL"] = `file://${backend}`;
    service = createServer((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify({ status, version: "1.0.0", checkedAt: null, checks: [] }));
    }).listen(0, "127.0.0.1");
    await once(service, "listening");
    pulumi = await fakePulumi();
    await pulumi.does(`echo '${JSON.stringify({ serviceUrl: `http://127.0.0.1:${(service.address() as AddressInfo).port}` })}'`);
  });
  afterEach(async () => {
    process.exitCode = undefined;
    if (backendBefore === undefined) delete process.env["PULUMI_BACKEND_URL"];
    else process.env["PULUMI_BACKEND_URL"] = backendBefore;
    service.close();
    await pulumi.remove();
    await rm(backend, { recursive: true });
    jest.restoreAllMocks();
  });
  const exitCode = async () => {
    await healthCommand().parseAsync(["dev"], { from: "user" });
    return process.exitCode;
  };

  it.each([["healthy", 0], ["degraded", 1], ["unhealthy", 2]])("of a service that is %s is %i", async (found, code) => {
    status = found;
    expect(await exitCode()).toBe(code);
  });

  it("of a service that does not answer is 2", async () => {
    service.close();
    expect(await exitCode()).toBe(2);
  });

  it("of a stack that pulumi does not know is 2, and what pulumi says is shown", async () => {
    await pulumi.does("echo \"error: no stack named 'dev' found\" >&2; exit 255");
    expect(await exitCode()).toBe(2);
    expect(said).toContain("no stack named 'dev' found");
  });
});
