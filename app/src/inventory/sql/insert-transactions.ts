import type { Queryable } from "../../platform/db.ts";
import type { NewTransaction } from "../transaction.ts";

/** A transaction with what it changed. */
export interface RecordedTransaction extends NewTransaction {
  readonly materialId: string;
  readonly onHandChange: number;
  readonly onOrderChange: number;
  readonly allocatedChange: number;
}

const sql = `
  INSERT INTO inventory_transactions (tenant_id, reference, type, facility_id, to_facility_id, material_id, quantity, on_hand_change, on_order_change, allocated_change, note, actor, occurred_at)
  SELECT $1, reference, type, facility, "toFacility", "materialId", quantity, "onHandChange", "onOrderChange", "allocatedChange", note, $3, coalesce("occurredAt", now())
  FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (reference text, type text, facility text, "toFacility" text, "materialId" uuid, quantity float8, "onHandChange" float8, "onOrderChange" float8, "allocatedChange" float8, note text, "occurredAt" timestamptz)) WITH ORDINALITY
  ORDER BY ordinality
  ON CONFLICT (tenant_id, reference) DO NOTHING
  RETURNING transaction_id`;

/** Stores transactions in their order; gives how many were stored: fewer when somebody else just used a reference. */
export async function insertTransactions(transaction: Queryable, tenant: string, actor: string, rows: readonly RecordedTransaction[]): Promise<number> {
  return (await transaction.query("transactions.insert", sql, [tenant, JSON.stringify(rows), actor])).length;
}
