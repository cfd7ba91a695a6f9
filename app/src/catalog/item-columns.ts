/** The columns of an item that people set, with the names that JSON gives them; a CSV names them as the database does. */
export const itemColumns = [
  ["sku", "sku", "text"],
  ["name", "name", "text"],
  ["category", "category", "text"],
  ["unit", "unit", "text"],
  ["demand_period", "demandPeriod", "text"],
  ["active", "active", "boolean"],
  ["unit_cost", "unitCost", "float8"],
  ["ordering_cost", "orderingCost", "float8"],
  ["holding_cost_rate", "holdingCostRate", "float8"],
  ["lead_time_days", "leadTimeDays", "float8"],
  ["lead_time_std_days", "leadTimeStdDays", "float8"],
  ["minimum_order_quantity", "minimumOrderQuantity", "float8"],
  ["pack_size", "packSize", "float8"],
  ["service_level", "serviceLevel", "float8"],
  ["supplier", "supplier", "text"],
] as const;

/** For SELECT: an item as JSON shows it. */
export const selectedItem = [...itemColumns.map(([column, field]) => `${column} AS "${field}"`), 'updated_at AS "updatedAt"'].join(", ");

/** For SELECT and INSERT: the columns in their order. */
export const columnList = itemColumns.map(([column]) => column).join(", ");
