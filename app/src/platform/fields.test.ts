import { describe, expect, it } from "@jest/globals";
import { quantityCell } from "./csv-columns.ts";
import { MAX_QUANTITY, numberFrom } from "./fields.ts";

interface Schema {
  safeParse(value: unknown): { readonly error?: { readonly issues: readonly { readonly message: string }[] } | undefined };
}

const problems = (schema: Schema, value: unknown) => schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

describe("a number that others are divided by", () => {
  it("is 0 or large enough that nothing overflows", () => {
    const cost = numberFrom(0, MAX_QUANTITY);
    expect(problems(cost, 1e-300)).toEqual(["must be 0 or at least 0.000001"]);
    for (const allowed of [0, 0.000001, 10]) expect(problems(cost, allowed)).toEqual([]);
  });

  it("is so where it must be above 0, too", () => {
    expect(problems(numberFrom(0, MAX_QUANTITY).positive("must be above 0"), 1e-308)).toEqual(["must be 0 or at least 0.000001"]);
    expect(problems(numberFrom(0, MAX_QUANTITY).positive("must be above 0"), 0)).toEqual(["must be above 0"]);
  });

  it("is so as a quantity in a CSV", () => {
    expect(problems(quantityCell, `0.${"0".repeat(300)}1`)).toEqual(["must be 0 or at least 0.000001"]);
    for (const allowed of ["0", "0.000001", "12"]) expect(problems(quantityCell, allowed)).toEqual([]);
  });
});
