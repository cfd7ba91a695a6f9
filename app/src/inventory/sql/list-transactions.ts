import type { Queryable, TenantDatabase } from "../../platform/db.ts";
import type { StoredTransaction } from "../transaction.ts";

const selected = `
  SELECT t.transaction_id::text AS id, t.reference, t.type, i.sku, t.facility_id AS facility, t.to_facility_id AS "toFacility", t.quantity,
         t.on_hand_change AS "onHandChange", t.on_order_change AS "onOrderChange", t.allocated_change AS "allocatedChange", t.note, t.actor,
         t.occurred_at AS "occurredAt", t.created_at AS "createdAt"
  FROM inventory_transactions t
  JOIN items i USING (material_id)`;

/**
 * Two statements instead of one with "or no sku": an item's transactions come
 * from the index of its material, however few of all they are.
 */
const allSql = `${selected}
  WHERE t.tenant_id = $1 AND ($2::text IS NULL OR t.facility_id = $2) AND ($3::text IS NULL OR t.type = $3) AND ($4::bigint IS NULL OR t.transaction_id < $4)
  ORDER BY t.transaction_id DESC
  LIMIT $5`;
const ofItemSql = `${selected}
  WHERE t.tenant_id = $1 AND ($2::text IS NULL OR t.facility_id = $2) AND ($3::text IS NULL OR t.type = $3) AND ($4::bigint IS NULL OR t.transaction_id < $4)
    AND t.material_id = (SELECT material_id FROM items WHERE tenant_id = $1 AND sku = $6)
  ORDER BY t.transaction_id DESC
  LIMIT $5`;

/** Which transactions are wanted. */
export interface TransactionFilter {
  readonly sku?: string | undefined;
  readonly facility?: string | undefined;
  readonly type?: string | undefined;
  /** Those before this id. */
  readonly before?: string | undefined;
}

/** Transactions, the newest first. */
export function listTransactions(database: TenantDatabase, { sku, facility, type, before }: TransactionFilter, limit: number): Promise<StoredTransaction[]> {
  const values = [database.tenant, facility ?? null, type ?? null, before ?? null, limit];
  return sku === undefined ? database.read<StoredTransaction>("transactions.list", allSql, values) : database.read<StoredTransaction>("transactions.list-item", ofItemSql, [...values, sku]);
}

const byReferenceSql = `${selected} WHERE t.tenant_id = $1 AND t.reference = ANY($2) ORDER BY t.transaction_id`;

/** The stored transactions with these references, the oldest first. */
export function transactionsByReference(transaction: Queryable, tenant: string, references: readonly string[]): Promise<StoredTransaction[]> {
  return transaction.query<StoredTransaction>("transactions.by-reference", byReferenceSql, [tenant, references]);
}
