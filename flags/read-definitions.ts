import { z } from "zod";
import { definitionsKey, type FlagMapContent } from "./config-maps.ts";
import type { FlagDefinitions } from "./flag-definition.ts";
import type { FlagProblem } from "./problem.ts";

const document = z.looseObject({ flags: z.record(z.string(), z.looseObject({ defaultVariant: z.string() })) });

/** The variant that each flag has by default, by its name. */
export type DefaultVariants = Readonly<Record<string, string>>;

/**
 * Reads which variants the map `feature-flags` makes the default. The variants
 * themselves are those of the release that runs: a document of an older or newer
 * release may lack flags or know more, and neither harms. Undefined when it
 * cannot be read.
 */
export function readDefaults(definitions: FlagDefinitions, { data }: FlagMapContent): { defaults: DefaultVariants | undefined; problems: FlagProblem[] } {
  const text = data[definitionsKey];
  const unreadable = (message: string) => ({ defaults: undefined, problems: [{ map: "definitions", key: definitionsKey, kind: "unreadable", message } as const] });
  if (text === undefined) return unreadable(`The map has no key ${definitionsKey}.`);
  const parsed = document.safeParse(json(text));
  if (!parsed.success) return unreadable(`${definitionsKey} is no flagd document: ${describe(text) ?? z.prettifyError(parsed.error).replaceAll(/\s+/g, " ")}`);
  const problems: FlagProblem[] = [];
  const defaults = Object.entries(parsed.data.flags).flatMap(([flag, { defaultVariant }]): [string, string][] => {
    const definition = Object.hasOwn(definitions, flag) ? definitions[flag] : undefined;
    if (definition === undefined) return [];
    if (Object.hasOwn(definition.variants, defaultVariant)) return [[flag, defaultVariant]];
    problems.push({ map: "definitions", key: definitionsKey, kind: "wrong-value", message: `The default of ${flag} is ${defaultVariant}, but its variants are ${Object.keys(definition.variants).join(", ")}.` });
    return [];
  });
  return { defaults: Object.fromEntries(defaults), problems };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where JSON is broken, with its line. */
function describe(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = (error as Error).message;
    const position = /position (\d+)/.exec(message)?.[1];
    return position === undefined ? message : `line ${text.slice(0, Number(position)).split("\n").length}: ${message}`;
  }
}
