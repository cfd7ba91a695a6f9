import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { AppsV1Api, CoreV1Api, type KubeConfig, PortForward } from "@kubernetes/client-node";
import { FlagError } from "./flags/flag-error.ts";

/** The service and the port under which its API answers in a stack's namespace. */
const api = { service: "api", port: 4000 } as const;

/**
 * Gives `work` an address of this machine behind which a service of a stack
 * (its API when none is named) answers, wherever its cluster is: each connection goes through the API server
 * to one of the service's pods. The proxy of the API server would not do: it
 * keeps the token of the service for itself.
 */
export async function throughTunnel<Result>(kubeConfig: KubeConfig, namespace: string, work: (origin: string) => Promise<Result>, to: { readonly service: string; readonly port: number } = api): Promise<Result> {
  const sockets = new Set<Socket>();
  const forward = new PortForward(kubeConfig);
  const forwarded: Promise<Awaited<ReturnType<PortForward["portForwardService"]>> | undefined>[] = [];
  let failure: Error | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    const connecting = forward.portForwardService(namespace, to.service, [to.port], socket, null, socket).catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error(JSON.stringify(error));
      socket.destroy();
      return undefined;
    });
    forwarded.push(connecting);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } catch (error) {
    if (failure === undefined) throw error;
    throw new FlagError(`The service ${to.service} in ${namespace} cannot be reached through the API server: ${failure.message}`, { cause: failure });
  } finally {
    server.close();
    for (const socket of sockets) socket.destroy();
    // The far end outlives the near one that is destroyed, and keeps the process alive until the pod ends it.
    for (const connection of await Promise.all(forwarded)) (typeof connection === "function" ? connection() : connection)?.close();
  }
}

/**
 * The token that the service of a stack itself acts with, out of its Secret.
 *
 * @throws FlagError when one may not read it, or there is none
 */
export async function serviceTokenOf(kubeConfig: KubeConfig, namespace: string): Promise<string> {
  try {
    const deployment = await kubeConfig.makeApiClient(AppsV1Api).readNamespacedDeployment({ name: api.service, namespace });
    const sources = deployment.spec?.template.spec?.containers[0]?.envFrom ?? [];
    for (const { secretRef } of sources) {
      if (secretRef?.name === undefined) continue;
      const secret = await kubeConfig.makeApiClient(CoreV1Api).readNamespacedSecret({ name: secretRef.name, namespace });
      const token = secret.data?.["SVC_JWT"];
      if (token !== undefined) return Buffer.from(token, "base64").toString("utf8");
    }
  } catch (error) {
    throw new FlagError(`The service's token cannot be read in ${namespace} (${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}): give the token of an administrator as FORECAST_TOKEN.`, { cause: error });
  }
  throw new FlagError(`The service in ${namespace} has no token of its own: give the token of an administrator as FORECAST_TOKEN.`);
}
