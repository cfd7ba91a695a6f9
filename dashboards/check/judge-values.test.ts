import { describe, expect, it } from "@jest/globals";
import { judgeValues } from "./judge-values.ts";

const seconds = { unit: "s", min: 0, emptyIsGood: false };

describe("what Prometheus answered to a panel", () => {
  it("is good when there is a finite value of the unit", () => {
    expect(judgeValues([0.2, 3], seconds)).toBeUndefined();
  });

  it.each([
    ["nothing", [], "has no value"],
    ["0 / 0 alone", [NaN], "has no value"],
    ["infinity", [1, Infinity], "is infinite"],
    ["a point in time instead of a duration", [1_795_570_429], "outside 0 to"],
    ["less than the panel's axis begins with", [-1], "outside 0 to"],
  ])("is bad when it is %s", (_case, values, problem) => {
    expect(judgeValues(values, seconds)).toContain(problem);
  });

  it("may be nothing where the panel says that this is good, but not infinity", () => {
    expect(judgeValues([NaN], { ...seconds, emptyIsGood: true })).toBeUndefined();
    expect(judgeValues([-Infinity], { ...seconds, emptyIsGood: true })).toContain("is infinite");
  });

  it("may be off by what floating point is off by, and no more", () => {
    const share = { unit: "percentunit", min: 0, max: 1, emptyIsGood: false };
    expect(judgeValues([1.0000000001], share)).toBeUndefined();
    expect(judgeValues([1.01], share)).toContain("outside 0 to 1");
  });

  it("cannot be judged in a unit that nobody has described", () => {
    expect(judgeValues([1], { unit: "furlongs", emptyIsGood: false })).toContain('has the unit "furlongs"');
  });
});
