import pg from "pg";
import { fieldOf, messageOf } from "./thrown.ts";

/** True when the connection failed, not the statement: classes 08 and 57P of SQLSTATE, and errors of the socket or the pool. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code?.startsWith("08") === true || error.code?.startsWith("57P") === true;
  // A name with several addresses: one error for each.
  const errors = fieldOf(error, "errors");
  if (Array.isArray(errors)) return errors.some(isConnectionError);
  const code = fieldOf(error, "code");
  return /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/.test(String(code)) || /connection terminated|timeout exceeded when trying to connect|not queryable/i.test(messageOf(error));
}
