import { type Environment, type FlagDefinitions, parseFlagDefinitions } from "./flag-definition.ts";

interface FlagdFlag {
  readonly state: "ENABLED";
  readonly variants: Readonly<Record<string, boolean | number | string>>;
  readonly defaultVariant: string;
  readonly metadata: Readonly<Record<string, string | number>>;
}

/** A flagd flag-definition document: what the key `flags.json` of the ConfigMap `feature-flags` holds. */
export interface FlagdDocument {
  readonly $schema: string;
  readonly flags: Readonly<Record<string, FlagdFlag>>;
}

/** Writes the definitions as flagd reads them, with the defaults of one environment. Throws when a definition is wrong. */
export function flagdDocument(definitions: FlagDefinitions, environment: Environment): FlagdDocument {
  const flags = Object.entries(parseFlagDefinitions(definitions)).map(([name, flag]): [string, FlagdFlag] => [
    name,
    {
      state: "ENABLED",
      variants: flag.variants,
      defaultVariant: flag.default[environment],
      metadata: {
        type: flag.type,
        safeVariant: flag.safe,
        targetingKey: flag.targetingKey,
        owner: flag.owner,
        description: flag.description,
        expires: flag.expires,
        ...(flag.type === "number" ? { minimum: flag.minimum, maximum: flag.maximum } : {}),
      },
    },
  ]);
  return { $schema: "https://flagd.dev/schema/v0/flags.json", flags: Object.fromEntries(flags) };
}
