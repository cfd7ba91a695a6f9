import { z } from "zod";
import { MAX_QUANTITY, numberFrom, text } from "../platform/fields.ts";

/** Paths beside `/api/items/:sku`, and names that clients take out of a path. */
const reserved = ["export", ".", ".."];

/** What an item is known by; unique within a tenant. */
export const sku = text(64).refine((name) => !reserved.includes(name), `must not be ${reserved.join(" or ")}`);

/** What can be said of an item besides its sku, each with its bounds (docs: the catalogue). */
export const itemFields = {
  name: text(200),
  category: text(64),
  unit: text(32),
  demandPeriod: z.enum(["day", "month"], "must be day or month"),
  active: z.boolean("must be true or false"),
  /** What one unit costs, in the tenant's currency. */
  unitCost: numberFrom(0, MAX_QUANTITY),
  /** What placing one order costs. */
  orderingCost: numberFrom(0, MAX_QUANTITY),
  /** Cost of holding a unit for a year, as a fraction of its unit cost. */
  holdingCostRate: numberFrom(0, 10),
  /** Days from order to receipt, mean. */
  leadTimeDays: numberFrom(0, 3_650),
  /** Days from order to receipt, standard deviation. */
  leadTimeStdDays: numberFrom(0, 3_650),
  minimumOrderQuantity: numberFrom(0, MAX_QUANTITY),
  packSize: numberFrom(0, MAX_QUANTITY).positive("must be above 0"),
  /** The probability that stock lasts until the next receipt. */
  serviceLevel: z.number("must be a number between 0 and 1").gt(0, "must be above 0").lt(1, "must be below 1"),
  supplier: text(200),
};

const { name, category, unit, demandPeriod, active, ...replenishment } = itemFields;

/** `null` and a field that is left out both say: not known. */
const unknownByDefault = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

const described = {
  name,
  category: unknownByDefault(category),
  unit: unit.default("each"),
  demandPeriod: demandPeriod.default("day"),
  active: active.default(true),
  unitCost: unknownByDefault(replenishment.unitCost),
  orderingCost: unknownByDefault(replenishment.orderingCost),
  holdingCostRate: unknownByDefault(replenishment.holdingCostRate),
  leadTimeDays: unknownByDefault(replenishment.leadTimeDays),
  leadTimeStdDays: unknownByDefault(replenishment.leadTimeStdDays),
  minimumOrderQuantity: unknownByDefault(replenishment.minimumOrderQuantity),
  packSize: unknownByDefault(replenishment.packSize),
  serviceLevel: unknownByDefault(replenishment.serviceLevel),
  supplier: unknownByDefault(replenishment.supplier),
};

/** The body of `POST /api/items`. */
export const newItem = z.strictObject({ sku, ...described });
export type NewItem = z.infer<typeof newItem>;

/**
 * The body of `PUT /api/items/:sku`: the whole item; what is left out gets its
 * default. An item as GET gave it may be sent back: its sku must be that of the
 * path, and its updatedAt that of the stored item, so that nobody overwrites a
 * change that they have not seen.
 */
export const replacedItem = z.strictObject({ ...described, sku: sku.optional(), updatedAt: z.iso.datetime("must be the updatedAt of an item").optional() });
export type ReplacedItem = z.infer<typeof replacedItem>;

/** An item as every answer shows it. */
export const itemReply = z.object({
  sku: z.string(),
  name: z.string(),
  category: z.string().nullable(),
  unit: z.string(),
  demandPeriod: z.enum(["day", "month"]),
  active: z.boolean(),
  unitCost: z.number().nullable(),
  orderingCost: z.number().nullable(),
  holdingCostRate: z.number().nullable(),
  leadTimeDays: z.number().nullable(),
  leadTimeStdDays: z.number().nullable(),
  minimumOrderQuantity: z.number().nullable(),
  packSize: z.number().nullable(),
  serviceLevel: z.number().nullable(),
  supplier: z.string().nullable(),
  updatedAt: z.iso.datetime(),
});

/** An item as the database gives it: the reply before its date is written. */
export type Item = Omit<z.infer<typeof itemReply>, "updatedAt"> & { readonly updatedAt: Date };
