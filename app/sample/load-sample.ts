import { openAsBlob } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSampleCsv } from "./write-sample-csv.ts";

/**
 * Imports the sample catalogue through the routes of a running service, as a
 * user would.
 *
 * @param origin for example `http://127.0.0.1:4000`
 * @returns rows imported per kind
 * @throws Error with the service's answer when an import is refused or rejects rows
 */
export async function loadSample(origin: string, serviceToken: string, items?: number): Promise<{ items: number; inventory: number; demand: number }> {
  const directory = await mkdtemp(join(tmpdir(), "forecast-sample-"));
  try {
    await writeSampleCsv(directory, items);
    const load = async (kind: "items" | "inventory" | "demand") => {
      const body = await openAsBlob(join(directory, `${kind}.csv`), { type: "text/csv" });
      const response = await fetch(`${origin}/api/${kind}/import`, { method: "POST", headers: { authorization: `Bearer ${serviceToken}`, "content-type": "text/csv" }, body });
      const text = await response.text();
      if (!response.ok) throw new Error(`importing ${kind} was answered with ${response.status}: ${text}`);
      const { imported, rejected } = JSON.parse(text) as { imported: number; rejected: number };
      if (rejected > 0) throw new Error(`importing ${kind} rejected rows: ${text}`);
      return imported;
    };
    // Stock and demand name items, so these come first.
    return { items: await load("items"), inventory: await load("inventory"), demand: await load("demand") };
  } finally {
    await rm(directory, { recursive: true });
  }
}
