/** A flag cannot be read or set: the message says which and what to do. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}
