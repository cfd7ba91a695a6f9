// What was thrown may be anything, and an error of another realm (a worker
// thread, a test's context) is no instance of this realm's Error.

/** The message of what was thrown. */
export function messageOf(thrown: unknown): string {
  const message = fieldOf(thrown, "message");
  return typeof message === "string" ? message : String(thrown);
}

/** A field of what was thrown, for example `code` or `status`; undefined where there is none. */
export function fieldOf(thrown: unknown, name: string): unknown {
  return typeof thrown === "object" && thrown !== null ? (thrown as Record<string, unknown>)[name] : undefined;
}
