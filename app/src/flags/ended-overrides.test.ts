import { describe, expect, it } from "@jest/globals";
import { noteAnnotation, noteOf } from "@forecast-stack/flags/overrides.ts";
import { endedOverrides, removalOf } from "./ended-overrides.ts";

const until = (value: string, end: string) => JSON.stringify({ by: "alex", value, at: "2026-03-01T12:00:00Z", until: end });
const content = {
  data: { CROSS_DOCK_ENABLED: "false", SKU_AFFINITY_ENABLED: "true", ML_MODEL_ENABLED: "true", BIN_OPTIMIZATION_ALGORITHM: "BFD" },
  annotations: {
    [noteAnnotation("CROSS_DOCK_ENABLED")]: until("false", "2026-03-01T12:30:00Z"),
    [noteAnnotation("SKU_AFFINITY_ENABLED")]: until("true", "2026-03-01T13:00:00Z"),
    // Somebody wrote another value by hand since.
    [noteAnnotation("BIN_OPTIMIZATION_ALGORITHM")]: until("FFD", "2026-03-01T12:30:00Z"),
  },
};

describe("an override that was set for a time", () => {
  it("has ended when the time is over; one that was written over by hand, or has no end, never does", () => {
    expect(endedOverrides(content, Date.parse("2026-03-01T12:30:00Z"))).toEqual({ ended: ["CROSS_DOCK_ENABLED"], nextEnd: Date.parse("2026-03-01T13:00:00Z") });
    expect(endedOverrides(content, Date.parse("2026-03-01T12:29:59Z"))).toEqual({ ended: [], nextEnd: Date.parse("2026-03-01T12:30:00Z") });
    expect(endedOverrides(content, Date.parse("2027-03-01T12:00:00Z")).nextEnd).toBeUndefined();
  });

  it("is taken away from the version that was looked at and no other, with a note of who did it", () => {
    const patch = removalOf(["CROSS_DOCK_ENABLED"], "77", "system:serviceaccount:forecast-dev:forecast-worker", new Date("2026-03-01T12:30:01Z"));
    expect(patch).toMatchObject({ metadata: { resourceVersion: "77" }, data: { CROSS_DOCK_ENABLED: null } });
    expect(noteOf({ data: {}, annotations: patch.metadata.annotations }, "CROSS_DOCK_ENABLED")).toMatchObject({ by: "system:serviceaccount:forecast-dev:forecast-worker", at: "2026-03-01T12:30:01.000Z" });
  });
});
