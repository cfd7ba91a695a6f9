import type { FlagMap, FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { readExposures, statusSuffix } from "@forecast-stack/flags/exposures.ts";
import type { FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import type { FlagMapVersion } from "@forecast-stack/flags/flag-watch.ts";
import { noteOf, type OverrideNote } from "@forecast-stack/flags/overrides.ts";
import { readDefaults } from "@forecast-stack/flags/read-definitions.ts";

/** What stands under a key of a map, in the words of the history. */
export interface ObservedKey {
  readonly flag: string;
  readonly text: string;
}

/** One version of one of the flags' ConfigMaps, as far as its history goes. */
export interface ObservedMap {
  readonly map: FlagMap;
  readonly version: FlagMapVersion;
  readonly seenAt: Date;
  readonly keys: ReadonlyMap<string, ObservedKey>;
  readonly notes: ReadonlyMap<string, OverrideNote>;
  /** True for a key of which this version says nothing: it cannot be read, or another release knows it. */
  readonly silentOn: (key: string) => boolean;
}

/** Longer than any value that a flag can have. */
const LONGEST_TEXT = 200;

/** Reads a version of a map. What is kept of it is small, however large it is. */
export function observeMap(definitions: FlagDefinitions, map: FlagMap, content: FlagMapContent, version: FlagMapVersion, seenAt: Date): ObservedMap {
  const observed = { map, version, seenAt, notes: new Map<string, OverrideNote>() };
  const unknown = (flag: string) => !Object.hasOwn(definitions, flag);
  switch (map) {
    case "definitions": {
      const { defaults } = readDefaults(definitions, content);
      const texts = Object.entries(defaults ?? {}).map(([flag, variant]) => [flag, { flag, text: String(definitions[flag]?.variants[variant]) }] as const);
      return { ...observed, keys: new Map(texts), silentOn: (flag) => defaults === undefined || unknown(flag) };
    }
    case "overrides": {
      const flags = Object.keys(definitions);
      const texts = flags.flatMap((flag) => (content.data[flag] === undefined ? [] : [[flag, { flag, text: content.data[flag].slice(0, LONGEST_TEXT) }] as const]));
      const notes = flags.flatMap((flag) => {
        const note = noteOf(content, flag);
        return note === undefined ? [] : [[flag, note] as const];
      });
      return { ...observed, keys: new Map(texts), notes: new Map(notes), silentOn: unknown };
    }
    case "rollouts": {
      const { exposures, problems } = readExposures(definitions, content, {});
      const wrong = new Set(problems.map(({ key }) => key));
      const texts = Object.entries(exposures).map(([name, { flag, variant, weight, cohort }]) => [name, { flag, text: `${variant} for ${weight} %${cohort === undefined ? "" : " of a cohort"}` }] as const);
      return { ...observed, keys: new Map(texts), silentOn: (name) => wrong.has(name) || wrong.has(`${name}${statusSuffix}`) };
    }
  }
}
