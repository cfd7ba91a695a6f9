import type { FlagDefinition } from "./flag-definition.ts";

export type Value = boolean | number | string;

/** A text as people write it: the value that it stands for, or what would be allowed. */
export type ParsedText = { readonly value: Value } | { readonly allowed: string };

const decimal = /^-?(\d+\.?\d*|\.\d+)$/;

/** Reads the text of an override or of an environment variable by the type of its flag. */
export function parseFlagText(flag: FlagDefinition, text: string): ParsedText {
  const trimmed = text.trim();
  switch (flag.type) {
    case "boolean":
      return trimmed === "true" || trimmed === "false" ? { value: trimmed === "true" } : { allowed: "true or false" };
    case "number": {
      const value = decimal.test(trimmed) ? Number(trimmed) : Number.NaN;
      return value >= flag.minimum && value <= flag.maximum ? { value } : { allowed: `a number from ${flag.minimum} to ${flag.maximum}` };
    }
    case "string": {
      const allowed = Object.values(flag.variants);
      return allowed.includes(trimmed) ? { value: trimmed } : { allowed: allowed.join(", ") };
    }
  }
}

/** The sentence for whoever wrote a wrong text. */
export function wrongText(name: string, text: string, allowed: string): string {
  return `${name} is ${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}: it must be ${allowed}.`;
}
