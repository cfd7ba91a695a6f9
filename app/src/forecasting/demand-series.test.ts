import { describe, expect, it } from "@jest/globals";
import { dayNumber, HISTORY_PERIODS, isoDate, periodStarts, periodsWithin, toDemandSeries } from "./demand-series.ts";

const recorded = (records: Record<string, number>) => ({ days: Object.keys(records).map(dayNumber), quantities: Object.values(records) });

describe("a demand series", () => {
  it("has a 0 for every day without a record, up to the newest known day", () => {
    const { values, nextDay } = toDemandSeries(recorded({ "2024-02-27": 3, "2024-02-29": 5 }), "day", dayNumber("2024-03-02"));
    expect([...values]).toEqual([3, 0, 5, 0, 0]);
    expect(isoDate(nextDay)).toBe("2024-03-03");
  });

  it("sums months, and leaves out the one that has not ended: it is the first to forecast", () => {
    const { values, nextDay } = toDemandSeries(recorded({ "2024-01-05": 1, "2024-01-31": 2, "2024-03-01": 4, "2024-04-01": 9 }), "month", dayNumber("2024-04-15"));
    expect([...values]).toEqual([3, 0, 4]);
    expect(isoDate(nextDay)).toBe("2024-04-01");
  });

  it("counts a month whose last day is known", () => {
    const { values, nextDay } = toDemandSeries(recorded({ "2024-03-01": 4 }), "month", dayNumber("2024-04-30"));
    expect([...values]).toEqual([4, 0]);
    expect(isoDate(nextDay)).toBe("2024-05-01");
  });

  it("is empty for an item that was never asked for", () => {
    expect(toDemandSeries({ days: [], quantities: [] }, "day", dayNumber("2024-04-15"))).toEqual({ values: new Float64Array(0), nextDay: dayNumber("2024-04-16") });
  });

  it("forgets what is too old to matter", () => {
    const asOf = dayNumber("2024-07-02");
    const { values } = toDemandSeries({ days: [asOf - 5000, asOf], quantities: [99, 7] }, "day", asOf);
    expect(values).toHaveLength(HISTORY_PERIODS);
    expect(values[0]).toBe(0);
    expect(values.at(-1)).toBe(7);
  });
});

describe("the forecast periods", () => {
  it("start on days or on the first of months", () => {
    expect(periodStarts(dayNumber("2024-02-28"), "day", 3)).toEqual(["2024-02-28", "2024-02-29", "2024-03-01"]);
    expect(periodStarts(dayNumber("2024-11-01"), "month", 3)).toEqual(["2024-11-01", "2024-12-01", "2025-01-01"]);
  });

  it("are the months that begin within the days of the horizon", () => {
    expect(periodsWithin(dayNumber("2024-07-01"), "month", 90)).toBe(3);
    expect(periodsWithin(dayNumber("2024-07-01"), "month", 1)).toBe(1);
    expect(periodsWithin(dayNumber("2024-07-03"), "day", 90)).toBe(90);
  });
});
