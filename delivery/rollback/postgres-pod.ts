import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { Exec, type V1Status } from "@kubernetes/client-node";
import type { Deployment } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { kubeConfig } from "./cluster.ts";
import { placeOf } from "./jobs.ts";
import { parseUrn } from "./urn.ts";

const POD = "postgres-0";
/** What is asked here takes well under a second; a server that hangs must not hold up a rollback. */
const LIMIT_MS = 30_000;

/** The namespace of the stack's own Postgres; undefined where an operator or somebody else runs it. */
export function postgresNamespace(deployment: Deployment): string | undefined {
  const server = deployment.resources.find(({ type, urn, delete: condemned }) => type === "kubernetes:apps/v1:StatefulSet" && parseUrn(urn).name === "postgres" && !condemned);
  return server === undefined ? undefined : placeOf(server.inputs).namespace;
}

/**
 * Runs statements as the superuser, over the socket in Postgres' own pod: in
 * one transaction, and without a password.
 *
 * @returns what psql printed, without headers
 * @throws ReleaseError with Postgres' own words, when it does not answer within 30 s, or when the connection to the pod ended before psql did
 */
export async function runInPostgres(context: string | undefined, namespace: string, database: string, statements: string): Promise<string> {
  const command = ["psql", "--username=postgres", `--dbname=${database}`, "--single-transaction", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", "--command", statements];
  const output = new PassThrough();
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<V1Status>((resolve, reject) => {
    timer = setTimeout(() => reject(new ReleaseError(`Postgres in pod ${POD} did not answer within ${LIMIT_MS / 1_000} s`)), LIMIT_MS);
    new Exec(kubeConfig(context))
      // No stdin: one that ends at once has cost the output of one command in 300 on a busy node, which succeeded all the same.
      .exec(namespace, POD, "postgres", command, output, output, null, false, resolve)
      // Without this a node that goes away in the middle would be waited for without end.
      .then((socket) => {
        socket.onclose = () => reject(new ReleaseError(`the connection to pod ${POD} ended before psql did`));
        // Lets the process end although psql has not.
        void ended.catch(() => socket.terminate());
      })
      // What a web socket complains of is an event, and no error.
      .catch((error: unknown) => reject(new ReleaseError(`pod ${POD} cannot be reached: ${String((error as { readonly message?: unknown }).message)}`)));
  });
  const status = await ended.finally(() => clearTimeout(timer));
  const printed = (await text(output)).trim();
  if (status.status !== "Success") throw new ReleaseError(printed || (status.message ?? "no reason given"));
  return printed;
}
