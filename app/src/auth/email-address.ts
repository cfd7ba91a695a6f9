import { z } from "zod";
import { printable } from "../platform/fields.ts";

/** An e-mail address in lower case, by which users are known; its domain may be one word, such as `local`. */
export const emailAddress = z
  .string("must be an e-mail address")
  .max(254, "must have at most 254 characters")
  .regex(/^[^\s@]+@[^\s@]+$/, "must be an e-mail address")
  .regex(printable, "must be an e-mail address")
  .toLowerCase();
