/** Stands in for the forecasts of a thread; the item says which fault it has. */
export default function computeBadly({ sku }: { readonly sku: string }): { readonly row: { readonly sku: string } } {
  if (sku === "hangs") for (;;);
  if (sku === "dies") process.exit(1);
  if (sku === "fails") throw new Error("no forecast for this item");
  return { row: { sku } };
}
