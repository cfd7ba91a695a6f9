import { describe, expect, it } from "@jest/globals";
import { contractObstacles } from "./contract-obstacles.ts";
import type { RecordedMigration } from "./recorded-migrations.ts";

const migration = (version: string, kind: "expand" | "contract" = "expand", after: string | null = null): RecordedMigration => ({ version, kind, after, lossless: true, loses: "", checksum: "", undoChecksum: "" });

describe("a migration that takes something away", () => {
  const contract = migration("0.0.20", "contract", "0.0.12");

  it("waits while a release can be gone back to that needs it", () => {
    const window = [{ release: 4, migrations: [migration("0.0.11")] }, { release: 5, migrations: [migration("0.0.12")] }];
    expect(contractObstacles([contract], window)).toEqual([expect.stringMatching(/^Migration 0\.0\.20 takes away what release 4 needs/)]);
  });

  it("is applied once every release of the window has what replaced it", () => {
    expect(contractObstacles([contract], [{ release: 5, migrations: [migration("0.0.11"), migration("0.0.12")] }])).toEqual([]);
  });

  it("that does not say since when it is not needed waits for every release that does not know it", () => {
    expect(contractObstacles([migration("0.0.20", "contract")], [{ release: 5, migrations: [migration("0.0.19")] }])).toHaveLength(1);
  });

  it("is the only kind that waits", () => {
    expect(contractObstacles([migration("0.0.20")], [{ release: 1, migrations: [] }])).toEqual([]);
  });
});
