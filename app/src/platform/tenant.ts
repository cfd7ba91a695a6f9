import type { Queryable } from "./db.ts";

/** The tenant that every installation has; the service token acts in it. */
export const DEFAULT_TENANT = "default";

/** The facility of rows that name none. */
export const DEFAULT_FACILITY = "main";

/** The ids of all tenants, in their order. */
export async function listTenants(database: Queryable): Promise<string[]> {
  const rows = await database.query<{ tenant: string }>("tenants.list", "SELECT tenant_id AS tenant FROM tenants ORDER BY tenant_id");
  return rows.map(({ tenant }) => tenant);
}
