import { describe, expect, it } from "@jest/globals";
import { lastDue, nextRun } from "./schedule.ts";

describe("the schedule", () => {
  it("starts the daily run at 02:05 UTC", () => {
    expect(nextRun("5 2 * * *", new Date("2024-07-02T02:04:59Z")).toISOString()).toBe("2024-07-02T02:05:00.000Z");
    expect(nextRun("5 2 * * *", new Date("2024-07-02T02:05:00Z")).toISOString()).toBe("2024-07-03T02:05:00.000Z");
  });

  it("knows when a run was due last", () => {
    expect(lastDue("0 4 * * 0", new Date("2024-07-02T02:04:59Z")).toISOString()).toBe("2024-06-30T04:00:00.000Z");
  });
});
