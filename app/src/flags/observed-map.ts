import type { FlagMap, FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import type { FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import { type FlagTexts, flagTexts } from "@forecast-stack/flags/flag-texts.ts";
import type { FlagMapVersion } from "@forecast-stack/flags/flag-watch.ts";
import { noteOf, type OverrideNote } from "@forecast-stack/flags/overrides.ts";

/** One version of one of the flags' ConfigMaps, as far as its history goes. */
export interface ObservedMap extends FlagTexts {
  readonly map: FlagMap;
  readonly version: FlagMapVersion;
  readonly seenAt: Date;
  readonly notes: ReadonlyMap<string, OverrideNote>;
}

/** Reads a version of a map. What is kept of it is small, however large it is. */
export function observeMap(definitions: FlagDefinitions, map: FlagMap, content: FlagMapContent, version: FlagMapVersion, seenAt: Date): ObservedMap {
  const notes = (map === "overrides" ? Object.keys(definitions) : []).flatMap((flag) => {
    const note = noteOf(content, flag);
    return note === undefined ? [] : [[flag, note] as const];
  });
  return { map, version, seenAt, notes: new Map(notes), ...flagTexts(definitions, map, content) };
}
