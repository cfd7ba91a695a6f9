import { readFile, rename, writeFile } from "node:fs/promises";

/**
 * Writes a file whole or not at all, and only when its content differs: some
 * programs (kube-proxy among them) restart whenever their file is touched.
 *
 * @param mode permissions of the file, 0o644 unless told
 */
export async function writeWhenChanged(file: string, text: string, mode = 0o644): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => undefined)) === text) return;
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}
