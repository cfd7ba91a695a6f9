import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { watchList } from "@forecast-stack/monitoring/watch-list.ts";
import { htmlReport } from "./html.ts";
import { judgeLine, judgeRelease } from "@forecast-stack/monitoring/validation/judge.ts";
import { markdownReport } from "@forecast-stack/monitoring/validation/markdown.ts";
import { reportOf, type ValidationReport } from "@forecast-stack/monitoring/validation/report.ts";
import { writeReport } from "./validate-command.ts";

const span = { from: 1_772_409_600, to: 1_772_409_600 + 172_800 };

function reportWith(value: number, message = "Faster batches"): ValidationReport {
  const samples = Array.from({ length: 10 }, (_, index) => ({ at: span.from + index * 3_600, value }));
  const lines = watchList.map((line) => judgeLine(line, { query: `max(x{job="<api>"})`, span, value, unknown: null, samples }, null));
  const window = { release: 12, message, span, missing: 0, cutShort: null, before: { release: 11, span: { from: span.from - 3_600, to: span.from } } };
  return reportOf({ stack: "production", madeAt: span.to, window, judgement: judgeRelease(lines, window, false), lines, runs: [{ endedAt: span.from + 7_560, mape: 19.8, outliers: 3, repeated: 2, peakMemory: 0.6 }], anomalies: ["Something <b>odd</b> | happened."] });
}

describe("the report of a validation", () => {
  it("names the decision, every line with value and bound, its query, and the way back", () => {
    const text = markdownReport(reportWith(50));
    expect(text).toMatch(/^# Release 12 of production: NO-GO$/m);
    for (const { title, name } of watchList) {
      expect(text).toContain(`| ${title} |`);
      expect(text).toContain(`### ${title} (${name})`);
    }
    expect(text).toContain("npx forecastctl rollback --stack production --to 11");
    expect(text).toContain("| 2026-03-02 02:06 UTC | 19.8 % | 3 | 2 | 60 % |");
  });

  it("draws every line with its bound, and in red what is out of it", () => {
    const html = htmlReport(reportWith(50));
    expect(html.match(/<svg /g)).toHaveLength(watchList.length);
    expect(html.match(/class="bound"/g)).toHaveLength(watchList.length);
    expect(html).toContain('class="bad"');
    expect(htmlReport(reportWith(0.995)).match(/class="bad"/g)?.length ?? 0).toBeLessThan(html.match(/class="bad"/g)?.length ?? 0);
  });

  it("shows texts of others as texts", () => {
    const report = reportWith(1, "</td><script>alert(1)</script> | `x`");
    expect(htmlReport(report)).not.toContain("<script>");
    expect(markdownReport(report)).toContain("\\<script>alert(1)\\</script> \\| \\`x\\`");
  });

  describe("written to a folder", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "validation-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("is there in its three forms, and the JSON has all of it", async () => {
      const report = reportWith(1);
      const files = await writeReport(report, join(folder, "new"));
      expect(files.map((file) => file.slice(folder.length))).toEqual(["/new/validation-production-12.md", "/new/validation-production-12.html", "/new/validation-production-12.json"]);
      expect(JSON.parse(await readFile(files[2] ?? "", "utf8"))).toEqual(report);
    });

    it("is refused with one sentence where it cannot be", async () => {
      await writeFile(join(folder, "file"), "");
      await expect(writeReport(reportWith(1), join(folder, "file"))).rejects.toThrow(/^The folder .*file cannot be made: choose another one with --out\.$/);
    });
  });
});
