import type { Deployment } from "./checkpoint.ts";
import type { Update } from "./update.ts";

/** Where Pulumi keeps what was done to the stacks of one project. */
export interface HistoryBackend {
  /**
   * All operations on a stack, oldest first.
   *
   * An entry that is damaged stands among them with the result `damaged`.
   *
   * @throws NoHistoryError when there is no such stack, or nothing was done to it
   * @throws ReleaseError when its history cannot be read
   */
  updates(stack: string): Promise<Update[]>;
  /**
   * What Pulumi knew of the stack after an update.
   *
   * @returns the deployment and a SHA-256 of it, in hex
   * @throws ReleaseError when it is missing, damaged or of another stack
   */
  deployment(stack: string, id: string): Promise<{ deployment: Deployment; checksum: string }>;
}

/** True for a backend that is a folder of files, and no server. */
export function isFolder(url: string): boolean {
  return url.startsWith("file://");
}
