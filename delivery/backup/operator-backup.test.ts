import { describe, expect, it } from "@jest/globals";
import { recoverySteps } from "./operator-backup.ts";

describe("the way back of a cluster that an operator runs", () => {
  it("is a new cluster that recovers from the one of today, up to the end of the backup", () => {
    expect(recoverySteps("production", "postgres", "2026-01-31T02:00:00Z").split("\n")).toEqual([
      "  pulumi config set --path postgres.cluster 'postgres-2' --stack production",
      "  pulumi config set --path postgres.recovery.from 'postgres' --stack production",
      "  pulumi config set --path postgres.recovery.until '2026-01-31T02:00:00Z' --stack production",
      "  pulumi up --stack production",
    ]);
  });

  it("takes another name than a cluster that was recovered before, and no moment when the newest is meant", () => {
    expect(recoverySteps("staging", "postgres-2", undefined)).toContain("postgres.cluster 'postgres-3' --stack staging\n  pulumi config set --path postgres.recovery.from 'postgres-2' --stack staging\n  pulumi config set --path postgres.recovery.until ''");
  });
});
