import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FileBackend } from "@forecast-stack/delivery/releases/file-backend.ts";

const ORGANIZATION = "acme";

/**
 * The part of Pulumi Cloud's API that reading a history takes (apitype in
 * Pulumi's Go SDK), over the history of a folder: what the CLI is told is what
 * Pulumi really recorded.
 */
export async function startPulumiCloud(backend: FileBackend, project: string): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const answer = async (path: string): Promise<object | undefined> => {
    if (path === "/api/user") return { githubLogin: "ann", organizations: [{ githubLogin: ORGANIZATION, name: ORGANIZATION }] };
    if (path === "/api/user/organizations/default") return { gitHubLogin: ORGANIZATION };
    if (path === "/api/capabilities") return { capabilities: [] };
    const { stack = "", rest = "" } = new RegExp(`^/api/stacks/${ORGANIZATION}/${project}/(?<stack>[^/]+)(?<rest>.*)$`).exec(path)?.groups ?? {};
    const updates = await backend.updates(stack).catch(() => undefined);
    if (updates === undefined) return undefined;
    if (rest === "") return { orgName: ORGANIZATION, projectName: project, stackName: stack, version: updates.length, tags: {} };
    if (rest === "/updates") return { updates: updates.map(({ entry }, index) => ({ ...entry, config: configOf(entry.config), version: index + 1 })).toReversed() };
    const update = updates[Number(/^\/export\/(\d+)$/.exec(rest)?.[1]) - 1];
    return update === undefined ? undefined : { version: 3, deployment: (await backend.deployment(stack, update.id)).deployment };
  };
  const server: Server = createServer((request, response) => {
    void answer((request.url ?? "").split("?")[0] ?? "").then((body) => {
      response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(body ?? { code: 404, message: "Not found" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

function configOf(config: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, configValueOf(value)]));
}

function configValueOf(value: unknown): object {
  if (typeof value !== "object" || value === null) return { string: String(value), secret: false };
  return "secure" in value ? { string: value.secure, secret: true } : { string: JSON.stringify(value), object: true, secret: false };
}
