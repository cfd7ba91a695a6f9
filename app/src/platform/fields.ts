import { z } from "zod";

/** Text that is printable: NUL cannot be stored and line ends hide in lists. */
// eslint-disable-next-line no-control-regex -- control characters are what is refused
export const printable = /^[^\u0000-\u001f\u007f\ufffd\ud800-\udfff]*$/u;

/** Printable text of at most `maxLength` characters, without blanks at its ends. */
export const text = (maxLength: number) =>
  z
    .string("must be a text")
    .trim()
    .min(1, "must not be empty")
    .max(maxLength, `must have at most ${maxLength} characters`)
    .regex(printable, "must be printable UTF-8 text");

/** The quantities that are believed; more than this is a slip of the keyboard. */
export const MAX_QUANTITY = 1e12;

/** A number from `lowest` to `highest`. */
export const numberFrom = (lowest: number, highest: number) => {
  const message = `must be a number from ${lowest} to ${highest}`;
  return z.number(message).min(lowest, message).max(highest, message);
};

const MS_PER_DAY = 86_400_000;
/** ISO 8601 has a year 0, Postgres has none; texts of both kinds sort as their times do. */
const since1900 = (time: string): boolean => time >= "1900";

/** A day as YYYY-MM-DD. */
export const day = z.string("must be a day like 2024-07-01").pipe(z.iso.date("must be a day like 2024-07-01")).refine(since1900, "must not be before 1900");

/** A moment in UTC as ISO 8601, to the nanosecond at most. */
export const moment = z.iso.datetime("must be a moment like 2024-07-01T12:00:00Z").max(30, "must be a moment like 2024-07-01T12:00:00Z").refine(since1900, "must not be before 1900");

/** A day of the past as YYYY-MM-DD; until tomorrow in UTC, where today may have begun already. */
export const pastDay = day.refine((date) => date <= new Date(Date.now() + MS_PER_DAY).toISOString().slice(0, 10), "must not lie in the future");
