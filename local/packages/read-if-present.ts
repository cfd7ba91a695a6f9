import { readFile } from "node:fs/promises";

/** Reads a text file; undefined where there is none. Any other failure is thrown. */
export async function readIfPresent(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
}
