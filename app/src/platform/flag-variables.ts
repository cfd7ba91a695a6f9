import { definitions, type FlagName } from "@forecast-stack/flags/definitions.ts";
import { parseFlagText, type Value } from "@forecast-stack/flags/flag-text.ts";
import { z } from "zod";

const names = Object.keys(definitions) as FlagName[];

/** A variable of each flag's name: where it is set, it is the flag's default in this process. */
export const flagVariableSchema = Object.fromEntries(names.map((name) => [name, flagVariable(name)])) as Record<FlagName, ReturnType<typeof flagVariable>>;

function flagVariable(name: FlagName) {
  return z
    .string()
    .transform((text, context) => {
      const parsed = parseFlagText(definitions[name], text);
      if ("value" in parsed) return parsed.value;
      context.addIssue({ code: "custom", message: `must be ${parsed.allowed}` });
      return z.NEVER;
    })
    .optional();
}

/** The flags whose variables are set. */
export function flagVariables(config: Readonly<Partial<Record<FlagName, Value | undefined>>>): Record<string, Value> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = config[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
