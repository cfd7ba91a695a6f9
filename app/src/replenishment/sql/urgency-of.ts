import type { Queryable } from "../../platform/db.ts";

export const urgencies = ["CRITICAL", "HIGH", "MEDIUM", "LOW"] as const;
export type Urgency = (typeof urgencies)[number];

const sql = "SELECT calculate_replenishment_urgency($1, $2, $3, $4, $5, $6) AS urgency";

/** How urgent an order is, by the rules that the database keeps (migration 0.0.12). */
export async function urgencyOf(database: Queryable, stock: { readonly onHand: number; readonly onOrder: number; readonly allocated: number }, policy: { readonly dailyDemand: number; readonly leadTimeDays: number; readonly reorderPoint: number }): Promise<Urgency> {
  const [row] = await database.query<{ urgency: Urgency }>("replenishment.urgency", sql, [stock.onHand, stock.onOrder, stock.allocated, policy.dailyDemand, policy.leadTimeDays, policy.reorderPoint]);
  if (row === undefined) throw new Error("a SELECT without a FROM has one row");
  return row.urgency;
}
