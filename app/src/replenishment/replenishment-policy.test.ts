import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { itemFields } from "../catalog/item.ts";
import { demandRate } from "./demand-rate.ts";
import { economicOrderQuantity } from "./economic-order-quantity.ts";
import { inventoryPosition, orderQuantity } from "./order-quantity.ts";
import { reorderPoint } from "./reorder-point.ts";
import { type ItemTerms, replenishmentPolicy } from "./replenishment-policy.ts";
import { safetyStock, type SafetyStockInput, serviceFactor } from "./safety-stock.ts";

const nothingKnown: ItemTerms = { unitCost: null, orderingCost: null, holdingCostRate: null, leadTimeDays: null, leadTimeStdDays: null, minimumOrderQuantity: null, packSize: null, serviceLevel: null };
const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
const positive = fc.double({ min: 0.01, max: 1e4, noNaN: true });
const level = fc.double({ min: 0.5, max: 0.999, noNaN: true });
const inputs: fc.Arbitrary<SafetyStockInput> = fc.record({ meanDemand: positive, demandDeviation: positive, leadTime: fc.double({ min: 0, max: 365, noNaN: true }), leadTimeDeviation: fc.double({ min: 0.01, max: 60, noNaN: true }), serviceLevel: level });
const series = (maxLength: number) => fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 })), { maxLength }).map((values) => Float64Array.from(values));

describe("a safety stock", () => {
  it("uses the quantiles of the tables", () => {
    expect([0.5, 0.9, 0.95, 0.99, 0.999].map((part) => serviceFactor(part).toFixed(4))).toEqual(["0.0000", "1.2816", "1.6449", "2.3263", "3.0902"]);
  });

  // Chopra and Meindl, chapter on safety inventory: 2,500 a week ± 500 over 2 weeks; 2,500 a day ± 500 over 7 ± 7 days; both at 90 %.
  it("is what the textbook computes for demand that varies, and for both", () => {
    const textbook = { meanDemand: 2_500, demandDeviation: 500, serviceLevel: 0.9 };
    expect(safetyStock({ ...textbook, leadTime: 2, leadTimeDeviation: 0 })).toMatchObject({ quantity: expect.closeTo(906.2, 1), method: "demand-variability" });
    expect(safetyStock({ ...textbook, leadTime: 7, leadTimeDeviation: 7 })).toMatchObject({ quantity: expect.closeTo(22_491, 0), method: "kings-formula" });
  });

  it("is computed by the method that the data allow, and says why", () => {
    const chosen = (demandDeviation: number | null, leadTimeDeviation: number | null) => safetyStock({ meanDemand: 10, demandDeviation, leadTime: 4, leadTimeDeviation, serviceLevel: 0.95 });
    expect(chosen(3, 1)).toMatchObject({ method: "kings-formula", quantity: expect.closeTo(serviceFactor(0.95) * Math.sqrt(4 * 9 + 100), 9), reason: "Both demand and lead time vary." });
    expect(chosen(3, null)).toMatchObject({ method: "demand-variability", quantity: serviceFactor(0.95) * 6, reason: "Demand varies; how much the lead time varies is not known." });
    expect(chosen(null, 1)).toMatchObject({ method: "lead-time-variability", quantity: serviceFactor(0.95) * 10, reason: "The lead time varies; the history is too short to tell how much demand does." });
    expect(chosen(null, null)).toMatchObject({ method: "basic", quantity: 70, reason: "The history is too short to tell how much demand varies." });
  });

  it("never shrinks when the service level, a deviation or the lead time grows", () => {
    fc.assert(
      fc.property(inputs, positive, (input, more) => {
        const { quantity } = safetyStock(input);
        const grown = [{ serviceLevel: (1 + input.serviceLevel) / 2 }, { demandDeviation: (input.demandDeviation ?? 0) + more }, { leadTimeDeviation: (input.leadTimeDeviation ?? 0) + more }, { leadTime: input.leadTime + more }];
        for (const change of grown) expect(safetyStock({ ...input, ...change }).quantity).toBeGreaterThanOrEqual(quantity * (1 - 1e-12));
      }),
    );
  });

  it("becomes the simpler method as the other variation vanishes", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const near = (change: Partial<SafetyStockInput>, nearly: Partial<SafetyStockInput>) => expect(safetyStock({ ...input, ...nearly }).quantity).toBeCloseTo(safetyStock({ ...input, ...change }).quantity, 3);
        near({ leadTimeDeviation: 0 }, { leadTimeDeviation: 1e-9 });
        near({ demandDeviation: 0 }, { demandDeviation: 1e-9 });
      }),
    );
  });

  it("is nothing where demand is nothing", () => {
    for (const demandDeviation of [null, 0]) expect(safetyStock({ meanDemand: 0, demandDeviation, leadTime: 9, leadTimeDeviation: 2, serviceLevel: 0.99 }).quantity).toBe(0);
  });
});

describe("a reorder point", () => {
  const input: SafetyStockInput = { meanDemand: 1, demandDeviation: 4, leadTime: 3, leadTimeDeviation: null, serviceLevel: 0.95 };
  const lumpy = Float64Array.from({ length: 120 }, (_, day) => (day % 10 === 0 ? 10 : 0));

  it("covers the lead time's mean demand and the safety stock for what sells often", () => {
    const safety = safetyStock(input);
    expect(reorderPoint(input, safety, "smooth", lumpy)).toEqual({ quantity: 3 + safety.quantity, method: "mean-plus-safety-stock" });
  });

  it("is the quantile of what was asked for within a lead time for lumpy items", () => {
    // Three days hold one demand of 10 at most, and three in ten windows do.
    expect(reorderPoint(input, safetyStock(input), "lumpy", lumpy)).toEqual({ quantity: 10, method: "lead-time-demand-quantile" });
    expect(reorderPoint({ ...input, serviceLevel: 0.6 }, safetyStock(input), "lumpy", lumpy).quantity).toBe(0);
    // Up to 13 days when it varies: some windows hold two.
    expect(reorderPoint({ ...input, leadTime: 8, leadTimeDeviation: 4 }, safetyStock(input), "lumpy", lumpy).quantity).toBe(20);
  });

  it("falls back to the mean where the history has too few lead times", () => {
    expect(reorderPoint({ ...input, leadTime: 31 }, safetyStock(input), "lumpy", lumpy).method).toBe("mean-plus-safety-stock");
  });

  it("lasts through the share of past lead times that the service level promises", () => {
    fc.assert(
      fc.property(series(200), fc.integer({ min: 1, max: 20 }), level, (recent, leadTime, serviceLevel) => {
        const asked = { ...input, leadTime, serviceLevel };
        const { quantity, method } = reorderPoint(asked, safetyStock(asked), "lumpy", recent);
        if (method !== "lead-time-demand-quantile") return;
        const sums = Array.from({ length: recent.length - leadTime + 1 }, (_, first) => recent.subarray(first, first + leadTime).reduce((sum, value) => sum + value, 0));
        expect(sums.filter((sum) => sum <= quantity).length / sums.length).toBeGreaterThanOrEqual(serviceLevel);
        expect(sums).toContain(quantity);
      }),
    );
  });
});

describe("an economic order quantity", () => {
  // Heizer and Render, Operations Management: 1,000 a year, 10 an order, 0.50 a unit and year.
  it("is what the textbook computes", () => {
    expect(economicOrderQuantity({ annualDemand: 1_000, orderingCost: 10, unitCost: 5, holdingCostRate: 0.1 })).toBeCloseTo(200, 9);
  });

  it("costs no more than any other quantity, and as much for ordering as for holding", () => {
    fc.assert(
      fc.property(positive, positive, positive, fc.double({ min: 0.01, max: 2, noNaN: true }), fc.double({ min: 0.1, max: 10, noNaN: true }), (annualDemand, orderingCost, unitCost, holdingCostRate, factor) => {
        const quantity = economicOrderQuantity({ annualDemand, orderingCost, unitCost, holdingCostRate }) ?? NaN;
        const ordering = (lot: number) => (annualDemand / lot) * orderingCost;
        const holding = (lot: number) => (lot / 2) * unitCost * holdingCostRate;
        expect(ordering(quantity) / holding(quantity)).toBeCloseTo(1, 9);
        expect(ordering(quantity) + holding(quantity)).toBeLessThanOrEqual((ordering(quantity * factor) + holding(quantity * factor)) * (1 + 1e-12));
      }),
    );
  });

  it("is not made up where a cost is not known or holding is free", () => {
    const known = { annualDemand: 100, orderingCost: 1, unitCost: 1, holdingCostRate: 0.2 };
    for (const unknown of [{ orderingCost: null }, { unitCost: null }, { holdingCostRate: null }, { holdingCostRate: 0 }]) expect(economicOrderQuantity({ ...known, ...unknown })).toBeNull();
  });
});

describe("an order", () => {
  const rule = { reorderPoint: 40, lotSize: 100, minimumOrderQuantity: null, packSize: null };
  const stock = (onHand: number, onOrder = 0, allocated = 0) => ({ onHand, onOrder, allocated });

  it("is placed at the reorder point, counting what is on its way and what is promised", () => {
    expect(orderQuantity(rule, stock(41))).toBe(0);
    expect(orderQuantity(rule, stock(40))).toBe(100);
    expect(orderQuantity(rule, stock(10, 31))).toBe(0);
    expect(orderQuantity(rule, stock(60, 0, 30))).toBe(110);
  });

  it("keeps the supplier's minimum and packs", () => {
    expect(orderQuantity({ ...rule, packSize: 12 }, stock(40))).toBe(108);
    expect(orderQuantity({ ...rule, minimumOrderQuantity: 250, packSize: 12 }, stock(40))).toBe(252);
    expect(orderQuantity({ ...rule, lotSize: 0.3, reorderPoint: 0.3, packSize: 0.1 }, stock(0.3))).toBeCloseTo(0.3, 12);
  });

  it("of an item without demand is what is promised and missing", () => {
    const idle = { ...rule, reorderPoint: 0, lotSize: 0 };
    expect(orderQuantity(idle, stock(0))).toBe(0);
    expect(orderQuantity(idle, stock(2, 0, 5))).toBe(3);
  });

  it("brings the position above the reorder point in whole packs of at least the minimum", () => {
    fc.assert(
      fc.property(fc.record({ reorderPoint: amount, lotSize: positive, minimumOrderQuantity: fc.option(amount), packSize: fc.option(fc.integer({ min: 1, max: 500 })) }), fc.record({ onHand: amount, onOrder: amount, allocated: amount }), (terms, held) => {
        const quantity = orderQuantity(terms, held);
        expect(quantity).toBeGreaterThanOrEqual(0);
        if (quantity === 0) return;
        expect(inventoryPosition(held) + quantity).toBeGreaterThan(terms.reorderPoint * (1 - 1e-9));
        expect(quantity).toBeGreaterThanOrEqual(terms.minimumOrderQuantity ?? 0);
        if (terms.packSize !== null) expect(quantity % terms.packSize).toBe(0);
      }),
    );
  });
});

describe("a replenishment policy", () => {
  it("says what it had to assume", () => {
    const policy = replenishmentPolicy(Float64Array.from({ length: 60 }, (_, day) => 5 + (day % 2)), "day", nothingKnown);
    expect(policy).toMatchObject({ serviceLevel: 0.95, leadTimeDays: 14, economicOrderQuantity: null, lotSize: 165, safetyStock: { method: "demand-variability" } });
    expect(policy.assumptions).toHaveLength(3);
    expect(replenishmentPolicy(new Float64Array(9), "day", { ...nothingKnown, unitCost: 1, orderingCost: 1, holdingCostRate: 0.2, leadTimeDays: 3, serviceLevel: 0.9 }).assumptions).toEqual([]);
  });

  it("takes a month as the sum of its days", () => {
    const monthly = demandRate(Float64Array.from({ length: 24 }, (_, month) => (month % 2 === 0 ? 290 : 320)), "month");
    expect(monthly.mean).toBeCloseTo(305 / 30.4375, 9);
    expect(monthly.standardDeviation).toBeCloseTo(Math.sqrt((15 ** 2 * 24) / 23 / 30.4375), 9);
  });

  it("forgets demand of more than half a year ago", () => {
    const rising = Float64Array.from({ length: 400 }, (_, day) => (day < 220 ? 1_000 : 2));
    expect(replenishmentPolicy(rising, "day", nothingKnown).demand).toEqual({ mean: 2, standardDeviation: 0, periods: 180 });
  });

  it("and an order by it are finite even where all that the catalogue knows is at its bounds", () => {
    const [least, most] = [1e-6, 1e12];
    const terms = { unitCost: least, orderingCost: most, holdingCostRate: least, leadTimeDays: 3_650, leadTimeStdDays: 3_650, minimumOrderQuantity: most, packSize: least, serviceLevel: 0.999999 };
    for (const [field, value] of Object.entries(terms)) expect([field, itemFields[field as keyof typeof terms].safeParse(value).success]).toEqual([field, true]);
    for (const field of ["unitCost", "holdingCostRate", "packSize"] as const) expect(itemFields[field].safeParse(least / 10).success).toBe(false);
    const { lotSize, safetyStock: safety, reorderPoint: point } = replenishmentPolicy(new Float64Array(200).fill(most), "day", terms);
    const ordered = orderQuantity({ reorderPoint: point.quantity, lotSize, minimumOrderQuantity: most, packSize: least }, { onHand: 0, onOrder: 0, allocated: most });
    expect([lotSize, safety.quantity, point.quantity, ordered].filter((quantity) => !Number.isFinite(quantity))).toEqual([]);
  });

  it("is finite and not negative for every series", () => {
    fc.assert(
      fc.property(series(400), fc.constantFrom("day" as const, "month" as const), fc.option(fc.double({ min: 0, max: 60, noNaN: true })), fc.option(fc.double({ min: 0, max: 30, noNaN: true })), (values, period, leadTimeDays, leadTimeStdDays) => {
        const policy = replenishmentPolicy(values, period, { ...nothingKnown, leadTimeDays, leadTimeStdDays });
        for (const quantity of [policy.demand.mean, policy.safetyStock.quantity, policy.reorderPoint.quantity, policy.lotSize]) {
          expect(Number.isFinite(quantity)).toBe(true);
          expect(quantity).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
