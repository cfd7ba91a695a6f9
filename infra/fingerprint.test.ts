import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "./fingerprint.ts";

describe("the fingerprint of what is deployed", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "fingerprint-"));
    for (const folder of ["infra", "flags", "monitoring", "alerts", "dashboards", "migrations", "app"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "package-lock.json"), "{}");
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

  it.each<[string, () => void]>([
    ["the service's source", () => writeFileSync(join(root, "app", "fix.ts"), "")],
    ["a package", () => writeFileSync(join(root, "package-lock.json"), '{"fixed":true}')],
  ])("changes with %s where the update builds the image, and only there: a fix is not taken for what was rolled back from", (_what, change) => {
    const before = [fingerprint(root, [], true), fingerprint(root, [])];
    change();
    expect(fingerprint(root, [], true)).not.toBe(before[0]);
    expect(fingerprint(root, [])).toBe(before[1]);
  });

  it("does not change with a test", () => {
    const before = fingerprint(root, []);
    writeFileSync(join(root, "alerts", "rule.test.ts"), "");
    expect(fingerprint(root, [])).toBe(before);
  });
});
