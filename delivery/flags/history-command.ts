import { brokenLink, type FlagChange } from "@forecast-stack/flags/flag-history.ts";
import pc from "picocolors";
import { kubeConfig } from "../rollback/cluster.ts";
import { printTable } from "../table.ts";
import { endFault } from "./end-fault.ts";
import { FlagError } from "./flag-error.ts";
import { type FlagMaps, FlagMapStore } from "./flag-maps.ts";
import { knownFlag } from "./override-change.ts";
import { readHistory } from "./read-history.ts";
import { serviceTokenOf, throughTunnel } from "../service-tunnel.ts";

/** What `forecastctl flags history` is asked for. */
export interface HistoryRequest {
  readonly namespace: string;
  readonly context: string | undefined;
  readonly flag: string | undefined;
  /** The newest so many changes. */
  readonly limit: number;
  readonly verify: boolean;
  readonly json: boolean;
}

/** How long the history may take to tell what the maps hold already, in milliseconds. */
const CATCH_UP_MS = 5_000;

/**
 * Shows who changed which flag. With `verify` all of the history is read, and
 * both its chain and its end are checked.
 *
 * @throws FlagError when the history is not whole
 */
export async function showHistory({ namespace, context, flag, limit, verify, json }: HistoryRequest): Promise<void> {
  if (flag !== undefined) knownFlag(flag);
  const config = kubeConfig(context);
  const token = process.env["FORECAST_TOKEN"] ?? (await serviceTokenOf(config, namespace));
  await throughTunnel(config, namespace, async (origin) => {
    if (verify) {
      const { changes, fault } = await verified(async () => (await readHistory(origin, token, {})).reverse(), () => new FlagMapStore(config, namespace).read());
      if (fault !== undefined) throw new FlagError(`The history of the flags is not whole: ${fault}`);
      if (json) process.stdout.write(`${JSON.stringify({ whole: true, changes: changes.length, hash: changes.at(-1)?.hash ?? "" })}\n`);
      else process.stdout.write(`${pc.green("whole")}: ${changes.length} changes, each follows from the one before, and the maps are as the last ones left them\nthe newest hash is ${changes.at(-1)?.hash ?? "none"}\n`);
      return;
    }
    const changes = await readHistory(origin, token, { flag, most: limit });
    if (json) process.stdout.write(`${JSON.stringify(changes, undefined, 2)}\n`);
    else if (changes.length === 0) process.stdout.write("No flag has been changed yet.\n");
    else printTable(["when", "flag", "where", "change", "by", ""], changes.map(rowOf));
  });
}

/** What is wrong with a history, in one sentence. One that the workers are just writing may be behind the maps for a moment. */
async function verified(read: () => Promise<FlagChange[]>, readMaps: () => Promise<FlagMaps>): Promise<{ changes: FlagChange[]; fault: string | undefined }> {
  for (const deadline = Date.now() + CATCH_UP_MS; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const [changes, maps] = [await read(), await readMaps()];
    const fault = brokenLink(changes);
    const behind = fault ?? endFault(changes, maps);
    if (behind === undefined || fault !== undefined || Date.now() > deadline) return { changes, fault: behind };
  }
}

function rowOf({ changedAt, key, flag, map, before, after, by, reason, until, tool }: FlagChange): string[] {
  const where = { definitions: "definition", overrides: "override", rollouts: `rollout ${key}` }[map];
  const notes = [reason, until === null ? null : `until ${until}`, by === "unknown" && tool !== null ? `with ${tool}` : null].filter((note) => note !== null);
  return [changedAt.slice(0, 19).replace("T", " "), flag, where, `${before ?? "none"} → ${after ?? "none"}`, by, notes.join(", ")];
}
