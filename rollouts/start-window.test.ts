import { expect, it } from "@jest/globals";
import { windowIsOpen } from "./start-window.ts";

// 1 June 2026 is a Monday.
it.each<[string, string, boolean]>([
  ["a minute before it opens", "2026-06-01T07:59:59Z", false],
  ["the minute in which it opens", "2026-06-01T08:00:00Z", true],
  ["the last minute before it shuts", "2026-06-01T14:59:59Z", true],
  ["the minute in which it shuts", "2026-06-01T15:00:00Z", false],
  ["the same time on a day that is not named", "2026-06-07T12:00:00Z", false],
  ["a moment that is on a named day elsewhere, but not in UTC", "2026-06-02T02:00:00+14:00", true],
])("a start window, in UTC: %s", (_what, now, open) => {
  expect(windowIsOpen({ days: ["mon"], from: "08:00", to: "15:00" }, new Date(now))).toBe(open);
});

it("without a window a rollout may begin at any time", () => {
  expect(windowIsOpen(undefined, new Date("2026-06-07T03:00:00Z"))).toBe(true);
});
