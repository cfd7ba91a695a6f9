import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { changedStock, stockChange, type TransactionType, transactionTypes } from "./stock-change.ts";

const stock = { onHand: 10, onOrder: 5, allocated: 4 };
const quantity = fc.double({ min: 0.01, max: 1e6, noNaN: true });

describe("a transaction", () => {
  it.each<[TransactionType, number, object]>([
    ["order", 3, { onHand: 10, onOrder: 8, allocated: 4 }],
    ["order-cancellation", 3, { onHand: 10, onOrder: 2, allocated: 4 }],
    ["receipt", 3, { onHand: 13, onOrder: 2, allocated: 4 }],
    ["receipt", 9, { onHand: 19, onOrder: 0, allocated: 4 }],
    ["allocation", 20, { onHand: 10, onOrder: 5, allocated: 24 }],
    ["release", 4, { onHand: 10, onOrder: 5, allocated: 0 }],
    ["issue", 10, { onHand: 0, onOrder: 5, allocated: 4 }],
    ["shipment", 3, { onHand: 7, onOrder: 5, allocated: 1 }],
    ["shipment", 6, { onHand: 4, onOrder: 5, allocated: 0 }],
    ["adjustment", -2, { onHand: 8, onOrder: 5, allocated: 4 }],
    ["transfer", 2, { onHand: 8, onOrder: 5, allocated: 4 }],
  ])("of the type %s with %d does what it says", (type, given, expected) => {
    const change = stockChange(type, given, stock);
    expect("refusal" in change ? change : changedStock(stock, change)).toEqual(expected);
  });

  it.each<[TransactionType, number, string]>([
    ["order-cancellation", 6, "only 5 is on order"],
    ["release", 5, "only 4 is allocated"],
    ["issue", 11, "only 10 is on hand"],
    ["shipment", 11, "only 10 is on hand"],
    ["adjustment", -11, "only 10 is on hand"],
    ["transfer", 11, "only 10 is on hand"],
  ])("of the type %s is refused when it takes more than there is", (type, given, refusal) => {
    expect(stockChange(type, given, stock)).toEqual({ refusal });
  });

  it("takes the last fraction, whatever binary fractions leave behind", () => {
    let left = { onHand: 0.3, onOrder: 0, allocated: 0 };
    for (let count = 0; count < 3; count += 1) {
      const change = stockChange("issue", 0.1, left);
      if ("refusal" in change) throw new Error(change.refusal);
      left = changedStock(left, change);
    }
    expect(left.onHand).toBe(0);
  });

  it("never leaves a negative stock, in whatever order they come", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ type: fc.constantFrom(...transactionTypes), quantity, sign: fc.constantFrom(1, -1) }), { maxLength: 40 }), (transactions) => {
        let current = { onHand: 0, onOrder: 0, allocated: 0 };
        for (const { type, quantity: size, sign } of transactions) {
          const change = stockChange(type, type === "adjustment" ? sign * size : size, current);
          if (!("refusal" in change)) current = changedStock(current, change);
          expect(Math.min(current.onHand, current.onOrder, current.allocated)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
