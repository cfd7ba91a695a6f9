import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from "node:net";

import { afterEach, describe, expect, it } from "@jest/globals";

import { chooseImageSource, registryAnswers } from "./image-source.ts";

let server: Server | TcpServer | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  if (server !== undefined) {
    server.close();
    await once(server, "close");
    server = undefined;
  }
});

async function listen(started: Server | TcpServer): Promise<string> {
  server = started;
  started.on("connection", (socket: Socket) => sockets.add(socket));
  started.listen(0, "127.0.0.1");
  await once(started, "listening");
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/v2/`;
}

const respond = (listener: RequestListener): Promise<string> => listen(createServer(listener));

describe("where images come from", () => {
  it("is the registry when one answers, even if it wants a login first", async () => {
    const url = await respond((_request, response) => {
      response.writeHead(401, { "docker-distribution-api-version": "registry/2.0" }).end("{}");
    });
    expect(await chooseImageSource({}, url)).toBe("registry");
  });

  it("is Debian when a proxy answers in the registry's place", async () => {
    const url = await respond((_request, response) => {
      response.writeHead(403).end("blocked");
    });
    expect(await chooseImageSource({}, url)).toBe("debian");
  });

  it("is decided within the time limit when the other side accepts and says nothing", async () => {
    const url = await listen(createTcpServer());
    const began = performance.now();
    expect(await registryAnswers(url, 200)).toBe(false);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("is what the environment says, without a look at the network", async () => {
    const url = await respond(() => {
      throw new Error("must not be asked");
    });
    expect(await chooseImageSource({ FORECAST_STACK_IMAGES: "debian" }, url)).toBe("debian");
    expect(await chooseImageSource({ FORECAST_STACK_IMAGES: "registry" }, url)).toBe("registry");
    await expect(chooseImageSource({ FORECAST_STACK_IMAGES: "docker" }, url)).rejects.toThrow('FORECAST_STACK_IMAGES is "docker"; allowed are registry and debian');
  });
});
