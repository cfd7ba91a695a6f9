import { hostname } from "node:os";
import { describe, expect, it } from "@jest/globals";
import { allRuleGroups } from "@forecast-stack/alerts/all-rule-groups.ts";
import { faults } from "./faults.ts";
import { isAtWork } from "./mark.ts";
import { checkEnvironment } from "./place.ts";

describe("drills", () => {
  it("are refused in production unless that is meant", () => {
    expect(() => checkEnvironment("production", "production", false)).toThrow(/^production is production, where a drill breaks something that people use: add --allow-production if that is meant\. Nothing was done\.$/);
    expect(() => checkEnvironment("production", "production", true)).not.toThrow();
    expect(() => checkEnvironment("dev", "dev", false)).not.toThrow();
  });

  it("look for alerts that exist and that somebody is told of", () => {
    const told = new Set(allRuleGroups.flatMap(({ rules }) => rules).filter(({ severity }) => severity !== "info").map(({ alert }) => alert));
    expect(faults.flatMap(({ sign }) => (sign.kind === "alert" ? [sign.labels["alertname"] ?? ""] : [])).filter((name) => !told.has(name))).toEqual([]);
  });

  it("are taken for cut off when their process is gone, not when it runs or is somewhere else", () => {
    const note = { fault: "redis", before: "1", since: new Date().toISOString() };
    expect(isAtWork({ ...note, by: { host: hostname(), pid: 4_194_305 } })).toBe(false);
    expect(isAtWork({ ...note, by: { host: hostname(), pid: process.ppid } })).toBe(true);
    expect(isAtWork({ ...note, by: { host: "another-machine", pid: 4_194_305 } })).toBe(true);
  });
});
