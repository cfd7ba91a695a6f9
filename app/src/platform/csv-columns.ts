import { z } from "zod";
import { isMeasurable, MAX_QUANTITY, tooSmall } from "./fields.ts";

/** A cell with a number, written with a point and without an exponent, that `schema` then checks. */
export const numberCell = <Schema extends z.ZodType<number, number>>(schema: Schema) =>
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, "must be a number like 12 or 0.5")
    .transform(Number)
    .pipe(schema);

/** A quantity: never negative. */
export const quantityCell = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "must be a number that is not negative, like 12 or 0.5")
  .transform(Number)
  .refine((quantity) => quantity <= MAX_QUANTITY, `must not be above ${MAX_QUANTITY}`)
  .refine(isMeasurable, tooSmall);
