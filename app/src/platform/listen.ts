import type { Server } from "node:http";
import { ConfigError } from "./errors.ts";

/**
 * Listens on a port; 0 takes any.
 *
 * @returns the port
 * @throws ConfigError when something else listens there
 */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new ConfigError(`PORT is ${port}: something else listens there already.`) : error);
    });
    server.listen(port, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
