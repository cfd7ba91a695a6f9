/** A migration cannot be applied or undone; the message names it and says why. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}
