/** A release cannot be read, shown or gone back to: the message says which and what to do. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}
