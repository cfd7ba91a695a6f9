import { definitions } from "@forecast-stack/flags/definitions.ts";
import type { Environment, FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import { parseFlagText, wrongText } from "@forecast-stack/flags/flag-text.ts";
import { noteAnnotation, type OverrideNote } from "@forecast-stack/flags/overrides.ts";
import { FlagError } from "./flag-error.ts";

export interface OverrideRequest {
  readonly flag: string;
  /** Undefined takes the override away. */
  readonly value?: string;
  readonly reason?: string;
  /** Milliseconds after which it ends by itself. */
  readonly forMs?: number;
}

export interface OverrideContext {
  /** Undefined where the stack's definitions do not tell it. */
  readonly environment: Environment | undefined;
  /** Who the API server says one is. */
  readonly by: string;
  readonly now: Date;
}

/** A merge patch of the overrides map. */
export interface OverridePatch {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string | null>>;
}

/** Every flag by its name, for names that come from outside. */
export const known: FlagDefinitions = definitions;

/**
 * What to write for a request: the value or that there is none, and beside it
 * who, when, why and until when.
 *
 * @throws FlagError in one sentence when the flag, its value or a missing reason stands against it
 */
export function overridePatch({ flag, value, reason, forMs }: OverrideRequest, { environment, by, now }: OverrideContext): OverridePatch {
  const definition = knownFlag(flag);
  if (environment !== "dev" && environment !== "staging" && (reason ?? "").trim() === "") throw new FlagError("In production a change of a flag needs a reason: add --reason 'why'.");
  const text = value === undefined ? null : textOf(flag, definition, value);
  const note: OverrideNote = {
    by,
    value: text,
    at: now.toISOString(),
    ...(reason === undefined ? {} : { reason }),
    ...(forMs === undefined ? {} : { until: new Date(now.getTime() + forMs).toISOString() }),
  };
  return { metadata: { annotations: { [noteAnnotation(flag)]: JSON.stringify(note) } }, data: { [flag]: text } };
}

/** A value as the map spells it. */
function textOf(flag: string, definition: FlagDefinitions[string], value: string): string {
  const parsed = parseFlagText(definition, value);
  if ("allowed" in parsed) throw new FlagError(wrongText(flag, value, parsed.allowed));
  return String(parsed.value);
}

/** @throws FlagError naming the flags that there are */
export function knownFlag(flag: string): FlagDefinitions[string] {
  const definition = Object.hasOwn(known, flag) ? known[flag] : undefined;
  if (definition === undefined) throw new FlagError(`There is no flag ${flag}. The flags are ${Object.keys(known).sort().join(", ")}.`);
  return definition;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time such as 30m, in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (unitMs[unit] ?? 0);
}
