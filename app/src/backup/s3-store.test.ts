import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { S3Store } from "./s3-store.ts";

describe("a download from a bucket", () => {
  let server: Server;
  const before = { ...process.env };
  beforeAll(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" });
    server = createServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half of it", () => response.destroy());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    process.env = before;
  });

  it("that breaks off is the store's fault, and no damage of the backup", async () => {
    const store = new S3Store({ bucket: "b", prefix: "", region: "us-east-1", endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await expect(text(await store.get("a.age"))).rejects.toMatchObject({ exitCode: 74, message: expect.stringMatching(/^s3:\/\/b\/ broke off while a\.age was read: .*; nothing was changed\.$/) });
  });
});
