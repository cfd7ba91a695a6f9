import { z } from "zod";
import { InvalidRequestError } from "./errors.ts";
import { printable } from "./fields.ts";

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number("must be a whole number from 1 to 200").int("must be a whole number from 1 to 200").min(1, "must be a whole number from 1 to 200").max(200, "must be a whole number from 1 to 200").default(50),
  cursor: z.string().max(500, "is not one that this list gave").optional(),
};

/** Where a page ended, as a text that only this list can read. */
export function encodeCursor(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/**
 * The position that a cursor stands for.
 *
 * @throws InvalidRequestError when it is not a cursor of a list with `parts` parts
 */
export function decodeCursor(cursor: string, parts: number): string[] {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (isPosition(position) && position.length === parts) return position;
  } catch {
    // Not JSON: answered like any other text that is not a cursor.
  }
  throw foreignCursor();
}

/** What a cursor is refused with whose position cannot be one of the list. */
export function foreignCursor(): InvalidRequestError {
  return new InvalidRequestError("The query parameter cursor is not one that this list gave.");
}

/** Rows have printable texts only: with any other the database could not look for the next ones. */
function isPosition(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((part) => typeof part === "string" && printable.test(part));
}

/** Cuts a list read with one row too many to its page, and says where the next one starts. */
export function toPage<Row>(rows: readonly Row[], limit: number, position: (row: Row) => readonly string[]): { rows: readonly Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null };
}
