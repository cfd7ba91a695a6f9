import { describe, expect, it } from "@jest/globals";
import { valuesOfRuns } from "./runs.ts";

describe("the values of the runs of a window", () => {
  it("are what the gauge said last while a run was the newest, for runs that ended within the window", () => {
    const at = (values: readonly (readonly [number, number])[]) => values.map(([moment, value]) => ({ at: moment, value }));
    const ends = at([[100, 50], [200, 150], [300, 150], [400, 350], [500, 350]]);
    const gauge = at([[100, 9], [200, 20], [300, 21], [400, 30], [500, 31]]);
    expect(valuesOfRuns(ends, gauge, { from: 100, to: 500 })).toEqual([{ endedAt: 150, value: 21 }, { endedAt: 350, value: 31 }]);
  });
});
