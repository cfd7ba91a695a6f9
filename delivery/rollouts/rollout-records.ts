import { readFile } from "node:fs/promises";
import { type DecisionRecord, replayRecord } from "@forecast-stack/rollouts/decision-record.ts";
import { z } from "zod";
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
 * @throws FlagError when it does not hold what a judgement rests on
 */
export function differenceOfReplay({ text, record }: KeptRecord): { readonly line: number; readonly kept: string; readonly replayed: string } | undefined {
  const replayed = judgedAgain(record);
  if (replayed === text) return undefined;
  const [ours, theirs] = [text.split("\n"), replayed.split("\n")];
  const line = ours.findIndex((one, index) => one !== theirs[index]);
  return { line: line + 1, kept: ours[line] ?? "", replayed: theirs[line] ?? "" };
}

function judgedAgain(record: DecisionRecord): string {
  try {
    return replayRecord(record);
  } catch (error) {
    throw new FlagError(`The record of ${record.rollout} cannot be judged again: something that was seen is missing in it.`, { cause: error });
  }
}

function parseRecord(place: string, text: string): KeptRecord {
  try {
    const record: unknown = JSON.parse(text);
    if (isRecord(record)) return { text, record };
  } catch (error) {
    throw new FlagError(`${place} is not a record of a rollout: ${(error as Error).message}`, { cause: error });
  }
  throw new FlagError(`${place} is not a record of a rollout.`);
}

const part = z.looseObject({ kind: z.string() });
const recordShape = z.looseObject({
  rollout: z.string(),
  number: z.number(),
  at: z.iso.datetime(),
  look: z.looseObject({ gates: z.array(z.looseObject({ gate: part, observation: part, judgement: z.looseObject({ verdict: z.string() }) })) }).nullable(),
});

function isRecord(value: unknown): value is DecisionRecord {
  return recordShape.safeParse(value).success;
}
