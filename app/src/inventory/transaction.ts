import { z } from "zod";
import { MAX_QUANTITY, numberFrom, text } from "../platform/fields.ts";
import { transactionTypes } from "./stock-change.ts";

export const transactionType = z.enum(transactionTypes, `must be one of ${transactionTypes.join(", ")}`);
export const transactionQuantity = numberFrom(-MAX_QUANTITY, MAX_QUANTITY).refine((quantity) => quantity !== 0, "must not be 0");
/** What its sender knows a transaction by. */
export const reference = text(128);
export const note = text(500);

/** A transaction as its sender gives it. */
export interface NewTransaction {
  readonly reference: string;
  readonly type: z.infer<typeof transactionType>;
  readonly sku: string;
  readonly facility: string;
  /** Only of a transfer. */
  readonly toFacility?: string | undefined;
  readonly quantity: number;
  readonly note?: string | undefined;
  /** ISO 8601; left out: now. */
  readonly occurredAt?: string | undefined;
}

/** What is wrong with a transaction whose fields are each well formed; undefined when nothing is. */
export function contradictionIn({ type, quantity, facility, toFacility }: Pick<NewTransaction, "type" | "quantity" | "facility" | "toFacility">): { readonly field: "quantity" | "toFacility"; readonly message: string } | undefined {
  if (quantity < 0 && type !== "adjustment") return { field: "quantity", message: "must be above 0 except in an adjustment" };
  if (type === "transfer" && toFacility === undefined) return { field: "toFacility", message: "must be given for a transfer" };
  if (type !== "transfer" && toFacility !== undefined) return { field: "toFacility", message: "is only for transfers" };
  if (toFacility === facility) return { field: "toFacility", message: "must be another facility" };
  return undefined;
}

/** A stored transaction as every answer shows it. */
export const transactionReply = z.object({
  id: z.string(),
  reference: z.string(),
  type: transactionType,
  sku: z.string(),
  facility: z.string(),
  toFacility: z.string().nullable(),
  quantity: z.number(),
  onHandChange: z.number(),
  onOrderChange: z.number(),
  allocatedChange: z.number(),
  note: z.string().nullable(),
  actor: z.string(),
  occurredAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
});

/** The same as it comes from the database. */
export type StoredTransaction = Omit<z.infer<typeof transactionReply>, "occurredAt" | "createdAt"> & { readonly occurredAt: Date; readonly createdAt: Date };
