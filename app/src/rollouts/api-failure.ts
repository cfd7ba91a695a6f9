import { valueOrUndefined } from "../platform/json-text.ts";
import { fieldOf, messageOf } from "../platform/thrown.ts";

/** Why the API server did not do something, in one line that stays the same as long as the reason does. */
export function apiFailure(error: unknown): string {
  const code = fieldOf(error, "code");
  if (typeof code !== "number") return messageOf(error);
  const body = fieldOf(error, "body");
  const said = fieldOf(typeof body === "string" ? valueOrUndefined(body) : body, "message");
  return `the API server answers ${code}${typeof said === "string" ? `, ${said}` : ""}`;
}
