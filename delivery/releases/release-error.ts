/** A release cannot be read, shown or gone back to: the message says which and what to do. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}

/** Nothing was ever done to a stack, as far as the backend knows; any other ReleaseError says that something cannot be read. */
export class NoHistoryError extends ReleaseError {}
