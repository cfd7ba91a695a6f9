import type { FlagMap } from "@forecast-stack/flags/config-maps.ts";
import { definitions } from "@forecast-stack/flags/definitions.ts";
import { type FlagChange, leftBy } from "@forecast-stack/flags/flag-history.ts";
import { flagTexts } from "@forecast-stack/flags/flag-texts.ts";
import type { FlagMaps } from "./flag-maps.ts";

const subjects: Readonly<Record<FlagMap, string>> = { overrides: "override of", rollouts: "rollout", definitions: "default of" };

/** Whether the end of a history was cut off: its last changes must leave what the maps hold. */
export function endFault(changes: readonly FlagChange[], maps: FlagMaps): string | undefined {
  for (const map of Object.keys(subjects) as FlagMap[]) {
    const recorded = leftBy(changes, map);
    const { keys, silentOn } = flagTexts(definitions, map, maps[map]);
    const key = [...new Set([...recorded.keys(), ...keys.keys()])].sort().find((one) => recorded.get(one) !== keys.get(one)?.text && !silentOn(one));
    if (key !== undefined) return `Its last change of the ${subjects[map]} ${key} leaves ${recorded.get(key) ?? "none"}, but the map holds ${keys.get(key)?.text ?? "none"}: changes at its end are missing, or no worker could record them yet.`;
  }
  return undefined;
}
