import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { lookUpDigest, manifestAddress } from "./registry-digest.ts";

const digest = `sha256:${"ab".repeat(32)}`;
let registry: Server;
let host: string;

/** Speaks the registry's protocol: a challenge, a token for the scope asked for, the digest in a header. */
beforeAll(async () => {
  registry = createServer((request, response) => {
    const url = new URL(request.url ?? "/", `http://${host}`);
    if (url.pathname === "/token") {
      response.end(JSON.stringify({ token: `${url.searchParams.get("service") ?? ""}/${url.searchParams.get("scope") ?? ""}` }));
    } else if (request.headers.authorization !== "Bearer tests/repository:team/redis:pull") {
      response.writeHead(401, { "www-authenticate": `Bearer realm="http://${host}/token",service="tests",scope="repository:team/redis:pull"` }).end();
    } else if (url.pathname === "/v2/team/redis/manifests/7.2.10") {
      response.writeHead(200, { "docker-content-digest": digest }).end();
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => registry.close(resolve)));

describe("the digest of an image", () => {
  it("is what the registry has under the tag, with the token that it gives to everybody", async () => {
    expect(await lookUpDigest(`${host}/team/redis`, "7.2.10")).toBe(digest);
  });

  it("is never made up for a tag that does not exist", async () => {
    await expect(lookUpDigest(`${host}/team/redis`, "0.0.0")).rejects.toThrow(`${host}/team/redis:0.0.0: the registry answered 404 without a digest.`);
  });
});

describe("a registry that does not answer", () => {
  it("is named", async () => {
    await expect(lookUpDigest("127.0.0.1:1/team/redis", "7.2.10")).rejects.toThrow("127.0.0.1:1/team/redis:7.2.10: http://127.0.0.1:1 cannot be reached.");
  });
});

describe("an image name", () => {
  it.each([
    ["redis", "https://registry-1.docker.io", "library/redis"],
    ["prom/prometheus", "https://registry-1.docker.io", "prom/prometheus"],
    ["registry.k8s.io/kube-state-metrics/kube-state-metrics", "https://registry.k8s.io", "kube-state-metrics/kube-state-metrics"],
  ])("%s is found at %s/%s", (name, origin, repository) => {
    expect(manifestAddress(name)).toEqual({ origin, repository });
  });
});
