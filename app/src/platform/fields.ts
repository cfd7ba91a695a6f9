import { z } from "zod";

/**
 * Text of at most `maxLength` characters, without blanks at its ends. Printable,
 * because NUL cannot be stored and line ends hide in lists.
 */
export const text = (maxLength: number) =>
  z
    .string("must be a text")
    .trim()
    .min(1, "must not be empty")
    .max(maxLength, `must have at most ${maxLength} characters`)
    // eslint-disable-next-line no-control-regex -- control characters are what is refused
    .regex(/^[^\u0000-\u001f\u007f\ufffd\ud800-\udfff]*$/u, "must be printable UTF-8 text");

/** The quantities that are believed; more than this is a slip of the keyboard. */
export const MAX_QUANTITY = 1e12;

/** The smallest number but 0 that is believed: what is divided by it stays finite. */
const LEAST_NUMBER = 1e-6;

export const tooSmall = `must be 0 or at least ${LEAST_NUMBER}`;

/** Whether a number is 0 or large enough to be divided by. */
export const isMeasurable = (value: number): boolean => value === 0 || Math.abs(value) >= LEAST_NUMBER;

/** A number from `lowest` to `highest`. */
export const numberFrom = (lowest: number, highest: number) => {
  const message = `must be a number from ${lowest} to ${highest}`;
  return z.number(message).min(lowest, message).max(highest, message).refine(isMeasurable, tooSmall);
};

const MS_PER_DAY = 86_400_000;

/** A day as YYYY-MM-DD. */
export const day = z.string("must be a day like 2024-07-01").pipe(z.iso.date("must be a day like 2024-07-01")).refine((date) => date >= "1900-01-01", "must not be before 1900");

/** A day of the past as YYYY-MM-DD; until tomorrow in UTC, where today may have begun already. */
export const pastDay = day.refine((date) => date <= new Date(Date.now() + MS_PER_DAY).toISOString().slice(0, 10), "must not lie in the future");
