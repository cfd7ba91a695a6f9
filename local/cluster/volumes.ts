/**
 * Keeps a small stock of unbound `local` volumes, so that a claim always finds
 * one: the `local` volume type has no provisioner of its own. Like the
 * supervisor it needs nothing but Node and runs as a copy from the cluster's home.
 *
 *     node volumes.ts HOME API_SERVER_URL NODE STORAGE_CLASS
 *
 * Volumes are retained: a released one keeps its data until somebody removes it.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const STOCK = 6;
const CAPACITY = "20Gi";
const INTERVAL = 2_000;

export interface PersistentVolume {
  readonly spec: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

/** How many volumes have to be made so that `stock` are free. */
export function missingVolumes(volumes: readonly PersistentVolume[], storageClass: string, stock: number): number {
  const free = volumes.filter(
    (volume) => volume.spec.storageClassName === storageClass && ["Available", "Pending", undefined].includes(volume.status?.phase),
  );
  return Math.max(0, stock - free.length);
}

/** A volume of the `local` type: a directory of the node, tied to that node, kept when its claim goes. */
export function localVolume(name: string, path: string, node: string, storageClass: string): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, labels: { "app.kubernetes.io/managed-by": "forecast-stack" } },
    spec: {
      capacity: { storage: CAPACITY },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: storageClass,
      volumeMode: "Filesystem",
      local: { path },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }] },
      },
    },
  };
}

async function keepStock(home: string, server: string, node: string, storageClass: string): Promise<never> {
  const pki = (file: string): Buffer => readFileSync(join(home, "pki", file));
  const tls = { ca: pki("ca.crt"), cert: pki("volumes.crt"), key: pki("volumes.key") };
  const call = (method: string, body?: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${server}/api/v1/persistentvolumes`, { ...tls, method, headers: { "content-type": "application/json" }, timeout: 10_000 }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => {
          if ((answer.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${method} persistentvolumes: ${String(answer.statusCode)} ${text}`));
        });
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error("the API server did not answer in 10 s")));
      outgoing.on("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  for (;;) {
    try {
      const { items } = JSON.parse(await call("GET")) as { items: PersistentVolume[] };
      for (let missing = missingVolumes(items, storageClass, STOCK); missing > 0; missing -= 1) {
        const name = `forecast-${randomBytes(5).toString("hex")}`;
        const path = join(home, "volumes", name);
        mkdirSync(path, { recursive: true });
        await call("POST", localVolume(name, path, node, storageClass));
      }
    } catch (error) {
      // The API server restarts now and then; the next round makes up for it.
      process.stdout.write(`${new Date().toISOString()} ${String(error)}\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [home, server, node, storageClass] = process.argv.slice(2);
  if (home === undefined || server === undefined || node === undefined || storageClass === undefined) {
    throw new Error("usage: node volumes.ts HOME API_SERVER_URL NODE STORAGE_CLASS");
  }
  await keepStock(home, server, node, storageClass);
}
