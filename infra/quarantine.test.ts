import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuseQuarantined } from "./quarantine.ts";

describe("what was rolled back from", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "quarantine-"));
    file = join(folder, "dev.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (entry: object) => writeFileSync(file, JSON.stringify({ entries: [{ fingerprint: "aaaa service:bad", release: 7, at: "2026-01-02T03:04:05Z", by: "mara", ...entry }] }));

  it("is refused by name, with who and when, and what to do; anything else is not", () => {
    expect(() => refuseQuarantined(file, { fingerprint: "aaaa", image: "service:bad" }, "dev")).not.toThrow();
    write({});
    expect(() => refuseQuarantined(file, { fingerprint: "bbbb", image: "service:bad" }, "dev")).not.toThrow();
    expect(() => refuseQuarantined(file, { fingerprint: "aaaa", image: "service:bad" }, "dev")).toThrow("This is release 7, from which mara rolled back at 2026-01-02T03:04:05Z. Deploy something newer, or allow it again with: forecastctl releases acknowledge 7 --stack dev");
  });

  it("does not come back by its image with another dashboard or setting", () => {
    write({ image: "service:bad" });
    expect(() => refuseQuarantined(file, { fingerprint: "bbbb", image: "service:bad" }, "dev")).toThrow("This runs service:bad, the image of release 7, from which mara rolled back at 2026-01-02T03:04:05Z.");
    expect(() => refuseQuarantined(file, { image: "service:bad" }, "dev")).toThrow("This runs service:bad");
    expect(() => refuseQuarantined(file, { fingerprint: "bbbb", image: "service:good" }, "dev")).not.toThrow();
  });
});
