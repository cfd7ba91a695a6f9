import { z } from "zod";
import { safetyStockMethods } from "./safety-stock.ts";
import { reorderPointMethods } from "./reorder-point.ts";
import { urgencies } from "./sql/urgency-of.ts";

export const suggestionStatuses = ["pending", "accepted", "rejected", "ordered", "expired"] as const;

/** A suggestion as every answer shows it. */
export const suggestionReply = z.object({
  id: z.uuid(),
  sku: z.string(),
  facility: z.string(),
  supplier: z.string().nullable(),
  status: z.enum(suggestionStatuses),
  urgency: z.enum(urgencies),
  quantity: z.number(),
  estimatedCost: z.number().nullable(),
  quantityOnHand: z.number(),
  quantityOnOrder: z.number(),
  quantityAllocated: z.number(),
  dailyDemand: z.number(),
  leadTimeDays: z.number(),
  serviceLevel: z.number(),
  safetyStock: z.number(),
  safetyStockMethod: z.enum(safetyStockMethods),
  reorderPoint: z.number(),
  reorderPointMethod: z.enum(reorderPointMethods),
  economicOrderQuantity: z.number().nullable(),
  reasons: z.array(z.string()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  decidedBy: z.string().nullable(),
  note: z.string().nullable(),
});

/** The same as it comes from the database, with its place in lists. */
export type StoredSuggestion = Omit<z.infer<typeof suggestionReply>, "createdAt" | "updatedAt" | "decidedAt"> & { readonly createdAt: Date; readonly updatedAt: Date; readonly decidedAt: Date | null; readonly urgencyRank: number };

/** As answers show it: moments as text, its place in lists left out. */
export function describeSuggestion(stored: StoredSuggestion): z.infer<typeof suggestionReply> {
  return suggestionReply.parse({ ...stored, createdAt: stored.createdAt.toISOString(), updatedAt: stored.updatedAt.toISOString(), decidedAt: stored.decidedAt?.toISOString() ?? null });
}
