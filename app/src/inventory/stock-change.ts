import type { Stock } from "../replenishment/order-quantity.ts";

export const transactionTypes = ["order", "order-cancellation", "receipt", "allocation", "release", "issue", "shipment", "adjustment", "transfer"] as const;
export type TransactionType = (typeof transactionTypes)[number];

/** By how much a transaction changes each quantity of a stock, or in one clause why it cannot. */
export type StockChange = Stock | { readonly refusal: string };

/** Differences that only arithmetic with fractions leaves behind. */
const ROUNDING = 1e-9;

/**
 * What a transaction does to the stock of its facility. Nothing sinks below 0:
 *
 *     order               on order + q
 *     order-cancellation  on order - q
 *     receipt             on hand + q, on order - q as far as it was ordered
 *     allocation          allocated + q, also of what is not there yet
 *     release             allocated - q
 *     issue               on hand - q
 *     shipment            on hand - q, allocated - q as far as it was allocated
 *     adjustment          on hand + q, where q may be negative
 *     transfer            on hand - q here (and + q at the other facility)
 */
export function stockChange(type: TransactionType, quantity: number, stock: Stock): StockChange {
  const change = wanted(type, quantity, stock);
  const lacking = (["onHand", "onOrder", "allocated"] as const).find((field) => stock[field] + change[field] < -ROUNDING);
  return lacking === undefined ? change : { refusal: `only ${stock[lacking]} is ${names[lacking]}` };
}

/** The stock after a change. */
export function changedStock(stock: Stock, change: Stock): Stock {
  const sum = (field: keyof Stock) => {
    const value = stock[field] + change[field];
    return Math.abs(value) < ROUNDING ? 0 : value;
  };
  return { onHand: sum("onHand"), onOrder: sum("onOrder"), allocated: sum("allocated") };
}

const names = { onHand: "on hand", onOrder: "on order", allocated: "allocated" } as const;

function wanted(type: TransactionType, quantity: number, stock: Stock): Stock {
  const none = { onHand: 0, onOrder: 0, allocated: 0 };
  switch (type) {
    case "order":
      return { ...none, onOrder: quantity };
    case "order-cancellation":
      return { ...none, onOrder: -quantity };
    case "receipt":
      return { ...none, onHand: quantity, onOrder: 0 - Math.min(quantity, stock.onOrder) };
    case "allocation":
      return { ...none, allocated: quantity };
    case "release":
      return { ...none, allocated: -quantity };
    case "shipment":
      return { ...none, onHand: -quantity, allocated: 0 - Math.min(quantity, stock.allocated) };
    case "adjustment":
      return { ...none, onHand: quantity };
    case "issue":
    case "transfer":
      return { ...none, onHand: -quantity };
  }
}
