import { describe, expect, it } from "@jest/globals";
import type { DailyReport } from "./daily-report.ts";
import { reportMail } from "./report-mail.ts";

const run = { runId: "00000000-0000-4000-8000-000000000001", status: "completed", finishedAt: "2026-01-02T02:06:44.000Z", seconds: 84.2, items: 127, asOf: "2026-01-01", error: null, mape: 19.8, wape: 17.2, highVarianceItems: 3, outlierItems: 4 } as const;
const report: DailyReport = {
  tenant: "default",
  version: "1.2.3",
  generatedAt: "2026-01-02T02:20:00.000Z",
  health: { status: "healthy", checkedAt: "2026-01-02T02:15:00.000Z", faults: [] },
  mapeThreshold: 20,
  runs: [run, { ...run, mape: 21.3 }],
  highVariance: { count: 0, allowed: 15, abovePercent: 30, items: [] },
  measured: null,
  replenishment: { pending: 0, critical: 0, mostUrgent: [] },
};

describe("the mail of a report", () => {
  it("says in its subject whether the target was met", () => {
    expect(reportMail(report).subject).toBe("Forecast report: MAPE 19.8 %, within the target of 20 %, 0 items of high variance");
    expect(reportMail({ ...report, runs: [{ ...run, mape: 20.1 }], highVariance: null }).subject).toBe("Forecast report: MAPE 20.1 %, above the target of 20 %");
    expect(reportMail({ ...report, runs: [{ ...run, status: "failed", error: "Batch 3 failed." }] }).subject).toBe("Forecast report: the last run failed");
    expect(reportMail({ ...report, runs: [] }).subject).toBe("Forecast report: no run has ended yet");
  });

  it("compares the run with the one before", () => {
    expect(reportMail(report).text).toContain("MAPE 19.8 % (−1.5 points against the run before), target 20 %; WAPE 17.2 %.");
  });

  it("counts the outliers, where there are any", () => {
    expect(reportMail(report).text).toContain("4 items are outliers, with a MAPE above 25 %: GET /api/forecast/runs/00000000-0000-4000-8000-000000000001/accuracy lists the worst.");
    expect(reportMail({ ...report, runs: [{ ...run, outlierItems: 1 }] }).text).toContain("1 item is an outlier, with");
    for (const outlierItems of [0, null]) expect(reportMail({ ...report, runs: [{ ...run, outlierItems }] }).text).not.toContain("outlier");
  });

  it("has no section of high variance when it is switched off", () => {
    expect(reportMail(report).html).toContain("High Variance Items");
    expect(reportMail({ ...report, highVariance: null }).html).not.toContain("High Variance Items");
  });

  it("says unknown where there is no value, and never null or NaN", () => {
    const nothing = reportMail({ ...report, health: null, runs: [{ ...run, mape: null, wape: null, seconds: null, asOf: null, highVarianceItems: null, outlierItems: null }] });
    expect(nothing.text).toContain("MAPE unknown");
    expect(`${nothing.subject}${nothing.text}${nothing.html}`).not.toMatch(/null|NaN|undefined/);
  });

  it("shows names as they are and lets none of them be markup", () => {
    const items = [{ sku: "<script>alert(1)</script>", facility: "a&b", model: "sba", mape: 61, wape: 40, volume: 12.345 }];
    const { html, text } = reportMail({ ...report, highVariance: { count: 12, allowed: 15, abovePercent: 30, items } });
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).toContain("12 items have a MAPE above 30 %; the worst 1 are:");
    expect(text).toMatch(/<script>alert\(1\)<\/script> {2}a&b {7}sba {4}61\.0 % {2}40\.0 % {2}12\.35/);
  });
});
