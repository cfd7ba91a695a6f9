import { type FSWatcher, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { FlagMap, FlagMapContent } from "./config-maps.ts";
import { statusSuffix } from "./exposures.ts";

const schema = z.strictObject({
  overrides: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])).default({}),
  rollouts: z.record(z.string(), z.strictObject({ flag: z.string(), variant: z.string(), weight: z.number().min(0).max(100) })).default({}),
});

/**
 * What stands in for the ConfigMaps outside Kubernetes, in YAML:
 *
 *     overrides: { CROSS_DOCK_ENABLED: false }
 *     rollouts: { hybrid: { flag: ENABLE_HYBRID_FORECASTING, variant: on, weight: 25 } }
 *
 * @throws Error with one sentence when the text is something else
 */
export function parseFlagFile(text: string): Readonly<Record<Exclude<FlagMap, "definitions">, FlagMapContent>> {
  const parsed = schema.safeParse(parse(text) ?? {});
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error).replaceAll(/\s+/g, " "));
  const { overrides, rollouts } = parsed.data;
  const staged = Object.entries(rollouts).flatMap(([name, { flag, variant, weight }]) => [[name, stringify({ flag, variant })], [`${name}${statusSuffix}`, stringify({ weight })]]);
  return {
    overrides: { data: Object.fromEntries(Object.entries(overrides).map(([flag, value]) => [flag, String(value)])), annotations: {} },
    rollouts: { data: Object.fromEntries(staged) as Record<string, string>, annotations: {} },
  };
}

/** Tells the text of a file now and whenever it changes; a file that is not there, or goes, is empty. */
export function watchFlagFile(file: string, onText: (text: string) => void): FSWatcher {
  const tell = () => void readFile(file, "utf8").then(onText, () => onText(""));
  // The folder, because editors replace a file instead of writing into it.
  const watcher = watch(dirname(file), (_event, name) => {
    if (name === basename(file)) tell();
  });
  tell();
  return watcher;
}
