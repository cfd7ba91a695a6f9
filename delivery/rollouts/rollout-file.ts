import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { readRollout, spellProblem } from "@forecast-stack/rollouts/read-rollout.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { FlagError } from "../flags/flag-error.ts";
import { known } from "../flags/override-change.ts";

/** A rollout as a file holds it. */
export interface RolloutFile {
  readonly name: string;
  readonly text: string;
  readonly spec: RolloutSpec;
}

/**
 * Reads a rollout from a file, whose name is the rollout's.
 *
 * @throws FlagError with one line for each thing that is wrong
 */
export async function readRolloutFile(file: string, name = basename(file, extname(file))): Promise<RolloutFile> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new FlagError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  return { name, text, spec: specOf(name, text) };
}

/** The specification of a rollout's YAML. @throws FlagError with one line for each thing that is wrong */
export function specOf(name: string, text: string): RolloutSpec {
  const reading = readRollout(known, name, text);
  if ("problems" in reading) throw new FlagError(reading.problems.map(spellProblem).join("\n"));
  return reading.spec;
}
