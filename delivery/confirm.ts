import { createInterface } from "node:readline/promises";
import { ReleaseError } from "./releases/release-error.ts";

/**
 * Asks before something is changed.
 *
 * @throws ReleaseError when there is no terminal to ask on
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new ReleaseError("There is no terminal to ask on: add --yes.");
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test(await asking.question(`\n${question} [y/N] `));
  } finally {
    asking.close();
  }
}
