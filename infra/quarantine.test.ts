import { describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuseQuarantined } from "./quarantine.ts";

describe("what was rolled back from", () => {
  it("is refused by name, with who and when, and what to do; anything else is not", () => {
    const folder = mkdtempSync(join(tmpdir(), "quarantine-"));
    const file = join(folder, "dev.json");
    try {
      expect(() => refuseQuarantined(file, "aaaa", "dev")).not.toThrow();
      writeFileSync(file, JSON.stringify({ entries: [{ fingerprint: "aaaa", release: 7, at: "2026-01-02T03:04:05Z", by: "mara" }] }));
      expect(() => refuseQuarantined(file, "bbbb", "dev")).not.toThrow();
      expect(() => refuseQuarantined(file, "aaaa", "dev")).toThrow("This is release 7, from which mara rolled back at 2026-01-02T03:04:05Z. Deploy something newer, or allow it again with: forecastctl releases acknowledge 7 --stack dev");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
