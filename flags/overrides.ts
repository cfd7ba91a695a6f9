import { z } from "zod";
import type { FlagMapContent } from "./config-maps.ts";
import type { FlagDefinitions } from "./flag-definition.ts";
import { parseFlagText, type Value, wrongText } from "./flag-text.ts";
import type { FlagProblem } from "./problem.ts";

/** Before the name of a flag: the annotation of the overrides map that says who set it, when, why and until when. */
export const noteAnnotation = (flag: string) => `flags.forecast-stack/${flag}`;

/** What `forecastctl flags set` and `unset` write beside an override. It tells of one value; one that was written over it by hand has no note. */
const overrideNote = z.object({
  by: z.string(),
  /** Null for an override that was taken away. */
  value: z.string().nullable(),
  at: z.iso.datetime(),
  reason: z.string().optional(),
  /** When the override ends by itself. */
  until: z.iso.datetime().optional(),
});
export type OverrideNote = z.infer<typeof overrideNote>;

/** One override that is in force. */
export interface Override {
  readonly value: Value;
  /** Milliseconds since 1970 at which it ends. */
  readonly until?: number;
}
export type Overrides = Readonly<Record<string, Override>>;

/** The note of a flag, when there is a readable one and it tells of the value that the map holds, or of there being none. */
export function noteOf({ data, annotations }: FlagMapContent, flag: string): OverrideNote | undefined {
  const text = annotations[noteAnnotation(flag)];
  if (text === undefined) return undefined;
  const parsed = overrideNote.safeParse(json(text));
  return parsed.success && parsed.data.value === (data[flag] ?? null) ? parsed.data : undefined;
}

/**
 * Reads the overrides map. A wrong entry is told and changes nothing: what was
 * good before (`previous`) stays. An entry that is gone is gone.
 */
export function readOverrides(definitions: FlagDefinitions, content: FlagMapContent, previous: Overrides): { overrides: Overrides; problems: FlagProblem[] } {
  const problems: FlagProblem[] = [];
  const overrides = Object.entries(content.data).flatMap(([flag, text]): [string, Override][] => {
    const definition = Object.hasOwn(definitions, flag) ? definitions[flag] : undefined;
    if (definition === undefined) {
      problems.push({ map: "overrides", key: flag, kind: "unknown-flag", message: `There is no flag ${flag}; the flags are ${Object.keys(definitions).join(", ")}.` });
      return [];
    }
    const parsed = parseFlagText(definition, text);
    if ("allowed" in parsed) {
      problems.push({ map: "overrides", key: flag, kind: "wrong-value", message: wrongText(flag, text, parsed.allowed) });
      const before = previous[flag];
      return before === undefined ? [] : [[flag, before]];
    }
    const until = noteOf(content, flag)?.until;
    return [[flag, { value: parsed.value, ...(until === undefined ? {} : { until: Date.parse(until) }) }]];
  });
  return { overrides: Object.fromEntries(overrides), problems };
}

/** Those that have not ended, and when (milliseconds since 1970) the next of them will. */
export function inForce(overrides: Overrides, now: number): { overrides: Overrides; nextEnd: number | undefined } {
  const current = Object.entries(overrides).filter(([, { until }]) => until === undefined || until > now);
  const ends = current.flatMap(([, { until }]) => (until === undefined ? [] : [until]));
  return { overrides: Object.fromEntries(current), nextEnd: ends.length === 0 ? undefined : Math.min(...ends) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
