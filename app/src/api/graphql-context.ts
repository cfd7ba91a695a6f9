import DataLoader from "dataloader";
import { type ItemName, itemsBySku } from "../catalog/items-by-sku.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { ForbiddenError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { mayActAs, type Principal, type Role } from "../platform/principal.ts";

/** What the fields of one request work with. */
export interface GraphqlContext {
  readonly feature: FeatureContext;
  readonly principal: Principal;
  readonly requestId: string;
  readonly database: TenantDatabase;
  /** Items by their skus; all that one answer names are read in one statement. */
  readonly items: DataLoader<string, ItemName | null>;
}

export function createGraphqlContext(feature: FeatureContext, caller: Pick<GraphqlContext, "principal" | "requestId" | "database">): GraphqlContext {
  const items = new DataLoader<string, ItemName | null>(async (skus) => {
    const found = await itemsBySku(caller.database, skus);
    return skus.map((sku) => found.get(sku) ?? null);
  });
  return { feature, ...caller, items };
}

/** @throws ForbiddenError when the caller's role does not include `needed` */
export function requireRole({ principal }: GraphqlContext, needed: Role): void {
  if (!mayActAs(principal.role, needed)) throw new ForbiddenError(`This needs the role ${needed}; yours is ${principal.role}.`);
}
