import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "./fingerprint.ts";

describe("the fingerprint of what is deployed", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "fingerprint-"));
    for (const folder of ["infra", "flags", "monitoring", "alerts", "dashboards", "migrations"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "alerts", "rule.ts"), "1");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is the same for the same source and settings, wherever they are", () => {
    expect(fingerprint(root, [{ size: "small" }])).toBe(fingerprint(root, [{ size: "small" }]));
  });

  it.each<[string, () => unknown, unknown[]]>([
    ["a rule", () => writeFileSync(join(root, "alerts", "rule.ts"), "2"), [{}]],
    ["a new dashboard", () => writeFileSync(join(root, "dashboards", "new.ts"), ""), [{}]],
    ["a setting", () => undefined, [{ size: "large" }]],
  ])("changes with %s", (_what, change, given) => {
    const before = fingerprint(root, [{}]);
    change();
    expect(fingerprint(root, given)).not.toBe(before);
  });

  it("does not change with a test", () => {
    const before = fingerprint(root, []);
    writeFileSync(join(root, "alerts", "rule.test.ts"), "");
    expect(fingerprint(root, [])).toBe(before);
  });
});
