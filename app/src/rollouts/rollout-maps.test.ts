import { expect, it } from "@jest/globals";
import { recordsToRemove } from "./rollout-maps.ts";

const record = (at: string, bytes: number) => `{ "at": "${at}", "samples": "${"x".repeat(bytes)}" }`;

it("the oldest records make room, and never the newest", () => {
  const records = { "a.2": record("2026-01-02", 400_000), "b.1": record("2026-01-01", 300_000), "a.1": record("2026-01-03", 300_000) };
  expect(recordsToRemove(records, "a.1")).toEqual(["b.1"]);
  expect(recordsToRemove({ "a.1": record("2026-01-01", 1_000) }, "a.1")).toEqual([]);
});
