import { readFile } from "node:fs/promises";

const PAUSE = 300;

/**
 * Repeats an attempt until it succeeds.
 *
 * @param what what is waited for, as a noun with its article
 * @param limit milliseconds
 * @param log file whose last lines say more when time runs out
 * @throws Error naming what was waited for, the last failure and where to look
 */
export async function until<T>(what: string, limit: number, attempt: () => Promise<T>, log?: string): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) {
        const tail = log === undefined ? "" : `\nLast lines of ${log}:\n${await lastLines(log)}`;
        throw new Error(`Waited ${limit / 1000} s for ${what}. Last answer: ${error instanceof Error ? error.message : String(error)}${tail}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "(no such file)");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}
