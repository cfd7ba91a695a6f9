import type { FlagMap, FlagMapContent } from "./config-maps.ts";
import { readExposures, statusSuffix } from "./exposures.ts";
import type { FlagDefinitions } from "./flag-definition.ts";
import { readDefaults } from "./read-definitions.ts";

/** What stands under a key of a map, in the words of the history. */
export interface FlagText {
  readonly flag: string;
  readonly text: string;
}

export interface FlagTexts {
  readonly keys: ReadonlyMap<string, FlagText>;
  /** True for a key of which the map says nothing: it cannot be read, or another release knows it. */
  readonly silentOn: (key: string) => boolean;
}

/** Longer than any value that a flag can have. */
const LONGEST_TEXT = 200;

/** Reads a map as the history tells of it. */
export function flagTexts(definitions: FlagDefinitions, map: FlagMap, content: FlagMapContent): FlagTexts {
  switch (map) {
    case "definitions": {
      const defaults = readDefaults(definitions, content).defaults ?? {};
      const texts = Object.entries(defaults).map(([flag, variant]) => [flag, { flag, text: String(definitions[flag]?.variants[variant]) }] as const);
      // A default that is missing or wrong leaves the one before it in force.
      return { keys: new Map(texts), silentOn: (flag) => !Object.hasOwn(defaults, flag) };
    }
    case "overrides": {
      const texts = Object.keys(definitions).flatMap((flag) => (content.data[flag] === undefined ? [] : [[flag, { flag, text: content.data[flag].slice(0, LONGEST_TEXT) }] as const]));
      return { keys: new Map(texts), silentOn: (flag) => !Object.hasOwn(definitions, flag) };
    }
    case "rollouts": {
      const { exposures, problems } = readExposures(definitions, content, {});
      const wrong = new Set(problems.map(({ key }) => key));
      const texts = Object.entries(exposures).map(([name, { flag, variant, weight, cohort }]) => [name, { flag, text: `${variant} for ${weight} %${cohort === undefined ? "" : " of a cohort"}` }] as const);
      return { keys: new Map(texts), silentOn: (name) => wrong.has(name) || wrong.has(`${name}${statusSuffix}`) };
    }
  }
}
