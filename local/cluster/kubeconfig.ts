import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeWhenChanged } from "../write-file.ts";
import { apiServerUrl, cluster } from "./layout.ts";

/**
 * Writes a kubeconfig for the holder of one certificate. The certificates are
 * embedded, so the file works wherever it is copied to.
 *
 * @param pki folder with `ca.crt`, `<name>.crt` and `<name>.key`
 */
export async function writeKubeconfig(pki: string, name: string, file: string): Promise<void> {
  const base64 = async (entry: string): Promise<string> => (await readFile(join(pki, entry))).toString("base64");
  const document = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": cluster.context,
    clusters: [{ name: cluster.context, cluster: { server: apiServerUrl, "certificate-authority-data": await base64("ca.crt") } }],
    users: [{ name, user: { "client-certificate-data": await base64(`${name}.crt`), "client-key-data": await base64(`${name}.key`) } }],
    contexts: [{ name: cluster.context, context: { cluster: cluster.context, user: name } }],
  };
  await writeWhenChanged(file, stringify(document), 0o600);
}
