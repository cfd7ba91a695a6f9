import { MaskedSecret } from "./secret-values.ts";

/** One value that differs. `before` is undefined for what is new, `after` for what is gone. */
export interface Difference {
  /** For example `spec.template.spec.containers[0].image`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two values differ, down to the innermost ones; masked secrets count as one value. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (before instanceof MaskedSecret || after instanceof MaskedSecret) {
    return before instanceof MaskedSecret && before.equals(after) ? [] : [{ path, before, after }];
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => differences(before[index], after[index], `${path}[${index}]`)).flat();
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  return Object.is(before, after) ? [] : [{ path, before, after }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
