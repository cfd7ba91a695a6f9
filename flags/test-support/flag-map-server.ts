import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { type FlagMap, type FlagMapContent, flagConfigMaps } from "../config-maps.ts";

interface StoredMap {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string; readonly resourceVersion: string };
  readonly data: FlagMapContent["data"];
}

interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly stored: StoredMap;
}

interface OpenWatch {
  readonly name: string;
  readonly response: ServerResponse;
}

/** As much of an API server as follows the flags' ConfigMaps: it lists and watches them, and takes Events. */
export class FlagMapServer {
  readonly namespace = "forecast-test";
  /** The Events that were written. */
  readonly events: Record<string, unknown>[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  /** All changes, oldest first: whoever was away for a moment is told of those since. */
  readonly #changes: Change[] = [];
  readonly #watches = new Set<OpenWatch>();
  readonly #refused = new Map<string, number>();
  #version = 100;
  #oldest = 0;

  static async start(): Promise<FlagMapServer> {
    const started = new FlagMapServer();
    started.#server.listen(0, "127.0.0.1");
    await once(started.#server, "listening");
    return started;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get kubeConfig(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: "test", server: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, skipTLSVerify: true }, { name: "test" });
    return config;
  }

  /** Writes a map and tells who watches it. */
  set(map: FlagMap, data: FlagMapContent["data"]): void {
    const name = flagConfigMaps[map];
    this.#change({ type: this.#stored(name) === undefined ? "ADDED" : "MODIFIED", stored: { metadata: { name, namespace: this.namespace, uid: `uid of ${name}`, resourceVersion: this.#nextVersion() }, data } });
  }

  delete(map: FlagMap): void {
    const stored = this.#stored(flagConfigMaps[map]);
    if (stored !== undefined) this.#change({ type: "DELETED", stored: { ...stored, metadata: { ...stored.metadata, resourceVersion: this.#nextVersion() } } });
  }

  /** Ends what is watched; who wants to go on from there is told that it is no longer known (410 Gone). */
  forget(): void {
    this.#version += 1;
    this.#oldest = this.#version;
    for (const { response } of this.#watches) response.end();
  }

  /** Refuses from now on to show a map, also to those who watch it. */
  refuse(map: FlagMap): void {
    this.#refused.set(flagConfigMaps[map], 0);
    for (const { name, response } of this.#watches) if (name === flagConfigMaps[map]) response.end();
  }

  allow(map: FlagMap): void {
    this.#refused.delete(flagConfigMaps[map]);
  }

  /** How often a map was asked for since it is refused. */
  refusals(map: FlagMap): number {
    return this.#refused.get(flagConfigMaps[map]) ?? 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams } = new URL(request.url ?? "", "http://localhost");
    if (request.method === "POST") {
      const body = JSON.parse((await request.toArray()).join("")) as Record<string, unknown>;
      this.events.push(body);
      send(response, 201, body);
      return;
    }
    const name = searchParams.get("fieldSelector")?.replace("metadata.name=", "") ?? "";
    const refusals = this.#refused.get(name);
    if (refusals !== undefined) {
      this.#refused.set(name, refusals + 1);
      send(response, 403, { kind: "Status", code: 403 });
    } else if (searchParams.get("watch") === "true") this.#watch(name, Number(searchParams.get("resourceVersion")), response);
    else send(response, 200, { kind: "ConfigMapList", apiVersion: "v1", metadata: { resourceVersion: String(this.#version) }, items: [this.#stored(name)].filter((stored) => stored !== undefined) });
  }

  #stored(name: string): StoredMap | undefined {
    const change = this.#changes.findLast(({ stored }) => stored.metadata.name === name);
    return change?.type === "DELETED" ? undefined : change?.stored;
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #watch(name: string, from: number, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    if (from < this.#oldest) {
      response.end(lineOf("ERROR", { kind: "Status", code: 410, reason: "Expired" }));
      return;
    }
    const watch = { name, response };
    this.#watches.add(watch);
    response.on("close", () => this.#watches.delete(watch));
    const missed = this.#changes.filter(({ stored: { metadata } }) => metadata.name === name && Number(metadata.resourceVersion) > from);
    for (const { type, stored } of missed) response.write(lineOf(type, stored));
  }

  #change(change: Change): void {
    const { type, stored } = change;
    this.#changes.push(change);
    for (const { name, response } of this.#watches) if (name === stored.metadata.name && !response.writableEnded) response.write(lineOf(type, stored));
  }
}

function lineOf(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
