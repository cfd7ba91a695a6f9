import { z } from "zod";

/** Text of a cell: printable, because NUL cannot be stored and line ends hide in lists. */
export const textCell = (maxLength: number) =>
  z
    .string()
    .max(maxLength, `must have at most ${maxLength} characters`)
    // eslint-disable-next-line no-control-regex -- control characters are what is refused
    .regex(/^[^\u0000-\u001f\u007f\ufffd]*$/, "must be printable UTF-8 text");

/** The quantities that are believed; more than this is a slip of the keyboard. */
const MAX_QUANTITY = 1e12;

/** A quantity: written with a point, never negative. */
export const quantityCell = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "must be a number that is not negative, like 12 or 0.5")
  .transform(Number)
  .refine((quantity) => quantity <= MAX_QUANTITY, `must not be above ${MAX_QUANTITY}`);

const MS_PER_DAY = 86_400_000;

/** A day of the past as YYYY-MM-DD; until tomorrow in UTC, where today may have begun already. */
export const pastDayCell = z
  .string()
  .pipe(z.iso.date("must be a day like 2024-07-01"))
  .refine((day) => day >= "1900-01-01", "must not be before 1900")
  .refine((day) => day <= new Date(Date.now() + MS_PER_DAY).toISOString().slice(0, 10), "must not lie in the future");
