import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FlagMap, type FlagMapContent, flagConfigMaps } from "./config-maps.ts";

/** Reads the maps that are mounted under `directory`, each as a folder of its own name (definitions, overrides, rollouts); one that is not there is left out. */
export async function readFlagDirectory(directory: string): Promise<Partial<Record<FlagMap, FlagMapContent>>> {
  const maps = await Promise.all((Object.keys(flagConfigMaps) as FlagMap[]).map(async (map) => [map, await readMount(join(directory, map))] as const));
  return Object.fromEntries(maps.filter(([, content]) => content !== undefined));
}

async function readMount(folder: string): Promise<FlagMapContent | undefined> {
  // The kubelet's own entries (..data and the like) begin with two dots.
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith(".."));
  if (names.length === 0) return undefined;
  const data = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const));
  return { data: Object.fromEntries(data), annotations: {} };
}
