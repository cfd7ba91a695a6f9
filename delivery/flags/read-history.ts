import { type FlagChange, flagChange } from "@forecast-stack/flags/flag-history.ts";
import { z } from "zod";
import { FlagError } from "./flag-error.ts";

const page = z.object({ changes: z.array(flagChange), nextCursor: z.string().nullable() });

/** How long one page may take, in milliseconds. */
const TIMEOUT_MS = 10_000;
const PAGE = 200;

/**
 * Reads the history of a stack's flags from its API, the newest change first.
 *
 * @param most the newest so many; undefined reads all
 * @throws FlagError in the words of the API when it refuses
 */
export async function readHistory(origin: string, token: string, { flag, most }: { readonly flag?: string | undefined; readonly most?: number | undefined }): Promise<FlagChange[]> {
  const changes: FlagChange[] = [];
  for (let cursor: string | null = null; most === undefined || changes.length < most; ) {
    const query = new URLSearchParams({ limit: String(Math.min(PAGE, (most ?? PAGE) - (most === undefined ? 0 : changes.length))), ...(flag === undefined ? {} : { flag }), ...(cursor === null ? {} : { cursor }) });
    const response = await fetch(`${origin}/api/flags/history?${query.toString()}`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw new FlagError(`The service does not tell the history of the flags: it answers ${response.status}${detailOf(body)}`);
    const read = page.safeParse(body);
    if (!read.success) throw new FlagError("The service tells the history of the flags in a form that this forecastctl does not know: use the forecastctl of its release.");
    changes.push(...read.data.changes);
    cursor = read.data.nextCursor;
    if (cursor === null) break;
  }
  return changes;
}

function detailOf(body: unknown): string {
  const { detail } = (body ?? {}) as { detail?: unknown };
  return typeof detail === "string" ? `: ${detail}` : ".";
}
