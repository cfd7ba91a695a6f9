import type { z } from "zod";
import { InvalidRequestError } from "./errors.ts";

/**
 * Checks what came from outside against its schema.
 *
 * @param where names the part of the request, for example `query parameter`
 * @throws InvalidRequestError with one sentence per wrong field
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) => (issue.code === "unrecognized_keys" ? `There is no ${where} ${issue.keys.join(" or ")}.` : `The ${where} ${issue.path.join(".")} ${issue.message}.`));
  throw new InvalidRequestError(sentences.join(" "));
}
