import { definitions } from "@forecast-stack/flags/definitions.ts";
import { type FlagChange, overridesBy } from "@forecast-stack/flags/flag-history.ts";

/** Whether the end of a history was cut off: its last changes must leave what the map holds. */
export function endFault(changes: readonly FlagChange[], overrides: Readonly<Record<string, string>>): string | undefined {
  const recorded = overridesBy(changes);
  const flag = Object.keys(definitions).find((name) => recorded[name] !== overrides[name]);
  if (flag === undefined) return undefined;
  return `Its last change of ${flag} leaves ${recorded[flag] ?? "no override"}, but the map holds ${overrides[flag] ?? "none"}: changes at its end are missing, or no worker could record them yet.`;
}
