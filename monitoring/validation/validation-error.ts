/** A release cannot be validated: the message says why and what to do. */
export class ValidationError extends Error {
  override readonly name = "ValidationError";
}
