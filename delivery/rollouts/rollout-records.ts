import { readFile } from "node:fs/promises";
import { type DecisionRecord, replayRecord } from "@forecast-stack/rollouts/decision-record.ts";
import { FlagError } from "../flags/flag-error.ts";

/** A record and its very bytes. */
export interface KeptRecord {
  readonly text: string;
  readonly record: DecisionRecord;
}

/** The records of a rollout, the oldest first. */
export function recordsOf(data: Readonly<Record<string, string>>, rollout: string): KeptRecord[] {
  return Object.entries(data)
    .filter(([key]) => key.startsWith(`${rollout}.`))
    .map(([key, text]) => parseRecord(key, text))
    .sort((one, other) => one.record.at.localeCompare(other.record.at) || one.record.number - other.record.number);
}

/** A record that was saved with `explain --json`. @throws FlagError when it is none */
export async function recordFromFile(file: string): Promise<KeptRecord> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new FlagError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  return parseRecord(file, text);
}

/**
 * Judges a record again and compares the bytes.
 *
 * @returns undefined when they are the same, otherwise the first line that differs
 */
export function differenceOfReplay({ text, record }: KeptRecord): { readonly line: number; readonly kept: string; readonly replayed: string } | undefined {
  const replayed = replayRecord(record);
  if (replayed === text) return undefined;
  const [ours, theirs] = [text.split("\n"), replayed.split("\n")];
  const line = ours.findIndex((one, index) => one !== theirs[index]);
  return { line: line + 1, kept: ours[line] ?? "", replayed: theirs[line] ?? "" };
}

function parseRecord(place: string, text: string): KeptRecord {
  try {
    const record = JSON.parse(text) as DecisionRecord;
    if (typeof record.rollout === "string" && typeof record.number === "number" && typeof record.at === "string") return { text, record };
  } catch (error) {
    throw new FlagError(`${place} is not a record of a rollout: ${(error as Error).message}`, { cause: error });
  }
  throw new FlagError(`${place} is not a record of a rollout.`);
}
