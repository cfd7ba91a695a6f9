import { describe, expect, it } from "@jest/globals";
import { expired } from "./retention.ts";
import type { Manifest } from "./store.ts";

const now = new Date("2026-03-31T00:00:00Z");
const backup = (daysAgo: number, intact: boolean | null = null): Manifest => {
  const createdAt = new Date(now.getTime() - daysAgo * 86_400_000).toISOString();
  return { name: `forecast-${daysAgo}`, createdAt, bytes: 1, sha256: "", schemaVersion: "0.0.1", rows: 0, checked: intact === null ? null : { at: createdAt, intact } };
};
const names = (manifests: readonly Manifest[]) => manifests.map(({ name }) => name);

describe("expired backups", () => {
  it("are those older than the days that are kept", () => {
    expect(names(expired([backup(1), backup(5), backup(15), backup(20)], now, { keepDays: 14, keepNewest: 1 }))).toEqual(["forecast-15", "forecast-20"]);
  });

  it("are never the newest ones, so that a stack whose backups stopped keeps what it has", () => {
    expect(names(expired([backup(40), backup(50), backup(60)], now, { keepDays: 14, keepNewest: 2 }))).toEqual(["forecast-60"]);
  });

  it("are never the newest one that was restored successfully", () => {
    expect(names(expired([backup(1), backup(20, false), backup(30, true), backup(40, true)], now, { keepDays: 14, keepNewest: 1 }))).toEqual(["forecast-20", "forecast-40"]);
  });
});
